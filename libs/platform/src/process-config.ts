import type { z } from 'zod';

/** EX_CONFIG of sysexits.h: something was found in an unconfigured or misconfigured state. */
const misconfigured = 78;

export type ProcessConfig<Schema extends z.ZodType> =
  { ok: true; config: z.output<Schema> } | { ok: false; sentence: string };

/**
 * Checks environment variables with a schema whose fields are named like them. An empty variable counts as absent.
 * The sentence names every variable at fault and never its value, which may be a secret.
 */
export function parseProcessConfig<Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): ProcessConfig<Schema> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return { ok: true, config: parsed.data };
  const faults = parsed.error.issues.map((issue) => {
    const name = issue.path.map(String).join('.');
    return present[name] === undefined ? `${name} is missing` : `${name}: ${issue.message}`;
  });
  return { ok: false, sentence: `The environment is not complete: ${faults.join('; ')}.` };
}

/** The checked configuration, or one sentence on standard error and exit code 78. */
export function readProcessConfig<Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> {
  const result = parseProcessConfig(schema, environment);
  return result.ok ? result.config : stopMisconfigured(result.sentence);
}

/** Ends the process with a sentence on standard error and exit code 78: to start it again would not help. */
export function stopMisconfigured(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(misconfigured);
}
