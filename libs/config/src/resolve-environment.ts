import type { ConfigPath, NoteBook } from './note-book.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Stands for a value that could not be had; its fault is noted already. */
export const unavailable: unique symbol = Symbol('unavailable');

const prefix = 'os.environ/';

/** The section `environment_variables` as an environment of its own: its values win over the process's. */
export function declaredEnvironment(section: unknown, outer: Environment, notes: NoteBook): Environment {
  if (section === undefined || section === null) return outer;
  if (typeof section !== 'object' || Array.isArray(section)) {
    notes.fault(['environment_variables'], 'must be a mapping of names to values');
    return outer;
  }
  const declared: Record<string, string | undefined> = { ...outer };
  for (const [name, value] of Object.entries(section)) {
    const resolved = resolveEnvironment(value, outer, ['environment_variables', name], notes);
    if (resolved === unavailable || resolved === null || resolved === undefined) continue;
    if (typeof resolved === 'string') declared[name] = resolved;
    else if (typeof resolved === 'number' || typeof resolved === 'boolean') declared[name] = String(resolved);
    else notes.fault(['environment_variables', name], 'must be a text');
  }
  return declared;
}

/**
 * A copy of a value with every text `os.environ/NAME` replaced by that variable. One that is not set, or
 * empty, is a fault that names the place and the variable.
 */
export function resolveEnvironment(
  value: unknown,
  environment: Environment,
  path: ConfigPath,
  notes: NoteBook,
): unknown {
  if (typeof value === 'string') return resolveText(value, environment, path, notes);
  if (Array.isArray(value)) {
    return value.map((item, index) => resolveEnvironment(item, environment, [...path, index], notes));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      resolveEnvironment(item, environment, [...path, key], notes),
    ]),
  );
}

function resolveText(text: string, environment: Environment, path: ConfigPath, notes: NoteBook): unknown {
  if (!text.startsWith(prefix)) return text;
  const name = text.slice(prefix.length).trim();
  if (name === '') {
    notes.fault(path, `${prefix} must be followed by the name of a variable`);
    return unavailable;
  }
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value !== undefined && value !== '') return value;
  notes.fault(path, `environment variable ${name} is ${value === '' ? 'empty' : 'not set'}`);
  return unavailable;
}
