/** What never reaches a log, whatever it hangs under. Compared without case, `-` and `_`. */
const secretNames = new Set([
  'authorization',
  'proxyauthorization',
  'xapikey',
  'apikey',
  'key',
  'masterkey',
  'token',
  'password',
  'secret',
  'cookie',
  'setcookie',
  'databaseurl',
  'redisurl',
  'body',
  'messages',
  'prompt',
]);

const deepest = 4;
const isSecret = new Map<string, boolean>();

/**
 * Replaces credentials, cookies and bodies in the fields of a log line by `[redacted]`, four levels deep. Numbers stay
 * (`prompt: 12` counts tokens). Gives back the same object when there is nothing to hide: this runs for every line,
 * and pino's own redaction by wildcard paths takes a hundred microseconds.
 */
export function redactSecrets<Fields extends object>(fields: Fields): Fields {
  return redact(fields, 1);
}

function redact<Fields extends object>(fields: Fields, depth: number): Fields {
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const kept = hidden(name, value, depth);
    if (kept === value) continue;
    copy ??= { ...fields } as Record<string, unknown>;
    copy[name] = kept;
  }
  return copy === undefined ? fields : (copy as Fields);
}

function hidden(name: string, value: unknown, depth: number): unknown {
  if (typeof value === 'number' || value === undefined || value === null) return value;
  if (isSecretName(name)) return '[redacted]';
  if (typeof value !== 'object' || value instanceof Error || depth === deepest) return value;
  return Array.isArray(value)
    ? value.map((item: unknown) => hidden('', item, depth + 1))
    : redact(value, depth + 1);
}

/** Names come from our own code and from header names, so remembering them is bounded in practice and by this. */
function isSecretName(name: string): boolean {
  const known = isSecret.get(name);
  if (known !== undefined) return known;
  const answer = secretNames.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
  if (isSecret.size < 10_000) isSecret.set(name, answer);
  return answer;
}
