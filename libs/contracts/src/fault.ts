import { z } from 'zod';
import { errorCatalogue, type ErrorCode } from './error-catalogue.js';

/** A failure as data: what a service answers instead of a value. No exception crosses a process. */
export const FaultSchema = z.object({
  code: z.enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]).catch('internal_error'),
  /** Public text: holds no secret and no prompt. */
  message: z.string(),
  /** The request field at fault, if one is. */
  param: z.string().optional(),
  /** How long until the same request may succeed, in milliseconds. */
  retryAfterMs: z.number().nonnegative().optional(),
});
export type Fault = z.infer<typeof FaultSchema>;

/** Makes a fault; without a message the catalogue's own sentence is used. */
export function fault(
  code: ErrorCode,
  message?: string,
  more: Pick<Fault, 'param' | 'retryAfterMs'> = {},
): Fault {
  return { code, message: message ?? errorCatalogue[code].message, ...more };
}

/** A reply between services: a value or a fault. */
export type Reply<Value> = { ok: true; value: Value } | { ok: false; fault: Fault };

/** Schema of a reply whose value has the given schema. */
export function replySchema<Value extends z.ZodType>(value: Value) {
  return z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), fault: FaultSchema }),
  ]);
}

/** A fault thrown inside one process; the transport or the HTTP filter turns it back into data. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
  constructor(
    readonly fault: Fault,
    options?: ErrorOptions,
  ) {
    super(`${fault.code}: ${fault.message}`, options);
  }
}

/** Returns the value of a reply or throws its fault. */
export function valueOf<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  throw new FaultError(reply.fault);
}
