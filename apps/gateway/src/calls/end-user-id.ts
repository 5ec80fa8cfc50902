import type { IncomingHttpHeaders } from 'node:http';
import { fault, FaultError } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';
import { objectIn } from './json-fields.js';

/**
 * Names the end user of a call; LiteLLM's order, first match wins: two fixed headers, the configured ones,
 * then the body's `user`, `litellm_metadata.user`, `metadata.user_id` and `safety_identifier`.
 * @param headerNames configured headers, in lower case.
 */
export function endUserIdOf(
  headers: IncomingHttpHeaders,
  body: RequestBody,
  headerNames: readonly string[],
): string | undefined {
  for (const name of ['x-litellm-customer-id', 'x-litellm-end-user-id', ...headerNames]) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return (
    idIn(body, 'user', 'user') ??
    idIn(objectIn(body, 'litellm_metadata'), 'user', 'litellm_metadata.user') ??
    idIn(objectIn(body, 'metadata'), 'user_id', 'metadata.user_id') ??
    idIn(body, 'safety_identifier', 'safety_identifier')
  );
}

/** An id that is there but cannot be read is refused: to ignore it would drop the end user's restrictions. */
function idIn(
  holder: Readonly<Record<string, unknown>> | undefined,
  key: string,
  param: string,
): string | undefined {
  const value = holder?.[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new FaultError(fault('invalid_request', `Invalid type for '${param}'. Expected string.`, { param }));
}
