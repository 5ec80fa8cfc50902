import type { IncomingHttpHeaders } from 'node:http';
import type { RequestBody } from '@signalbox/providers';

/** More attempts than this help nobody and multiply load when providers are failing. */
const mostRetries = 10;

/** Attempts beyond the first: the header, else the body, else the configured number. */
export function retriesOf(headers: IncomingHttpHeaders, body: RequestBody, configured: number): number {
  const asked = numberOf(headers['x-litellm-num-retries']) ?? numberOf(body['num_retries']);
  return Math.min(Math.floor(asked ?? configured), mostRetries);
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
