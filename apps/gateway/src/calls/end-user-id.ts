import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { GeneralSettings } from '@signalbox/config';
import { fault, FaultError } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';

/** Of an end user's record. */
const longestId = 512;

/** The headers of a request: as Node joins those that came several times, and each by itself. */
export type SentHeaders = Pick<IncomingMessage, 'headers' | 'headersDistinct'>;

/** The headers that the configuration adds to those where an end user is looked for, in their order. */
export function endUserHeaders({ userHeaderMappings, userHeaderName }: GeneralSettings): readonly string[] {
  return [...userHeaderMappings, ...(userHeaderName === undefined ? [] : [userHeaderName])];
}

/**
 * Names the end user of a call; LiteLLM's order, first match wins: two fixed headers, the configured ones,
 * then the body's `user`, `litellm_metadata.user`, `metadata.user_id` and `safety_identifier`.
 *
 * An id that is there but cannot be read is refused: to ignore or misread it would drop the end user's restrictions.
 * @param headerNames configured headers, in lower case.
 */
export function endUserIdOf(
  sent: SentHeaders,
  body: RequestBody,
  headerNames: readonly string[],
): string | undefined {
  for (const name of ['x-litellm-customer-id', 'x-litellm-end-user-id', ...headerNames]) {
    const id = idInHeader(sent, name);
    if (id !== undefined) return id;
  }
  return (
    idIn(body, 'user', 'user') ??
    idIn(holderIn(body, 'litellm_metadata'), 'user', 'litellm_metadata.user') ??
    idIn(holderIn(body, 'metadata'), 'user_id', 'metadata.user_id') ??
    idIn(body, 'safety_identifier', 'safety_identifier')
  );
}

/** A header that several hands on the way have set must say the same each time. */
function idInHeader({ headers, headersDistinct }: SentHeaders, name: string): string | undefined {
  const joined = headers[name];
  if (typeof joined !== 'string' || joined === '') return undefined;
  const ids = joined.includes(',') ? new Set(headersDistinct[name]) : new Set([joined]);
  ids.delete('');
  const [id, another] = ids;
  if (another !== undefined) throw unreadable(`The header '${name}' names several end users.`, name);
  return id === undefined ? undefined : checked(asWritten(id), name);
}

/** Node reads header bytes as Latin-1, most clients write UTF-8: the id must be the one the record was made under. */
function asWritten(header: string): string {
  if (/^[\x20-\x7e]*$/.test(header)) return header;
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}

function holderIn(body: RequestBody, key: string): Readonly<Record<string, unknown>> | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw unreadable(`Invalid type for '${key}'. Expected object.`, key);
}

function idIn(
  holder: Readonly<Record<string, unknown>> | undefined,
  key: string,
  param: string,
): string | undefined {
  const value = holder?.[key];
  if (value === undefined || value === null || value === '') return undefined;
  // Another number than was written may have been read: of a long one the last digits are gone.
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') throw unreadable(`Invalid type for '${param}'. Expected string.`, param);
  return checked(value, param);
}

function checked(id: string, place: string): string {
  if (id.length > longestId) {
    throw unreadable(`Invalid '${place}': longer than ${longestId} characters.`, place);
  }
  // Half a surrogate pair is no text, and Postgres keeps no NUL: every store would keep it as something else.
  if (/\p{Surrogate}|\0/u.test(id)) throw unreadable(`Invalid '${place}': not valid Unicode.`, place);
  return id;
}

function unreadable(message: string, param: string): FaultError {
  return new FaultError(fault('invalid_request', message, { param }));
}
