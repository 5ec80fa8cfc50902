import type { IncomingHttpHeaders } from 'node:http';
import type { RequestBody } from '@signalbox/providers';

/** Attempts beyond the first that the client asks for, in the header or the body; undefined when it says nothing. */
export function askedRetries(headers: IncomingHttpHeaders, body: RequestBody): number | undefined {
  const asked = numberOf(headers['x-litellm-num-retries']) ?? numberOf(body['num_retries']);
  return asked === undefined ? undefined : Math.floor(asked);
}

/** A time limit the client asks for, sent in seconds; in milliseconds, undefined when it asks for none. */
export function askedTimeoutMs(header: string | string[] | undefined, field: unknown): number | undefined {
  const seconds = numberOf(header) ?? numberOf(field);
  return seconds === undefined || seconds === 0 ? undefined : Math.ceil(seconds * 1_000);
}

function numberOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
