import type { z } from 'zod';

/** The content of a message as far as it could be read. */
export type MessageContent<Schema extends z.ZodType> =
  { ok: true; value: z.output<Schema> } | { ok: false; problem: string; param?: string };

/** Parses a message's JSON and checks it; the problem names fields, never their values. */
export function readMessage<Schema extends z.ZodType>(
  schema: Schema,
  message: { json(): unknown },
): MessageContent<Schema> {
  let content: unknown;
  try {
    content = message.json();
  } catch {
    return { ok: false, problem: 'the message is not valid JSON' };
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const param = issue?.path.map(String).join('.') ?? '';
  return {
    ok: false,
    problem: `${param === '' ? 'the message' : param}: ${issue?.message ?? 'not valid'}`,
    ...(param !== '' && { param }),
  };
}
