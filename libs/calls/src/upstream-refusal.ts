import type { IncomingHttpHeaders } from 'node:http';
import { readUpstreamError, type UpstreamError as UpstreamErrorText } from '@signalbox/providers';
import type { FailureClass, FallbackKind } from '@signalbox/routing';
import { UpstreamError } from './errors/upstream-error.js';
import type { CallFailure } from './call-failure.js';

/** Reads a provider's error answer: what the client is told if nothing else succeeds, and what may follow. */
export function upstreamRefusal(
  { status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders },
  bytes: Buffer,
  secrets: readonly string[],
): CallFailure {
  const { message, type, param, kind } = readUpstreamError(status, bytes, secrets);
  const retryAfterMs = retryAfterOf(headers);
  const error = new UpstreamError({
    status,
    type: type ?? 'upstream_error',
    message,
    param,
    ...(kind === 'context_length' && { code: 'context_length_exceeded' }),
    isRetryable: isRetryableStatus(status),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  // An empty account does not fill up while somebody waits.
  const providerAskedMs = kind === 'quota' ? Number.POSITIVE_INFINITY : retryAfterMs;
  return {
    error,
    failureClass: failureClassOf(status, kind),
    kind: fallbackKinds[kind] ?? 'general',
    ...(providerAskedMs !== undefined && { providerAskedMs }),
  };
}

const fallbackKinds: Partial<Record<UpstreamErrorText['kind'], FallbackKind>> = {
  context_length: 'context_window',
  content_filter: 'content_policy',
};

function failureClassOf(status: number, kind: UpstreamErrorText['kind']): FailureClass {
  // Some providers tell of an empty account with a 400 or 403: another deployment has another account.
  if (kind === 'quota' || status === 429) return 'rate_limit';
  if (kind === 'content_filter') return 'content_policy';
  if (status === 408 || status === 504) return 'timeout';
  if (status >= 500) return 'internal_server';
  if (status === 401 || status === 403) return 'authentication';
  if (status === 404) return 'not_found';
  return status === 409 ? 'conflict' : 'bad_request';
}

/** Whether the same request may succeed later: the provider is overloaded, failing or too slow, not the request wrong. */
function isRetryableStatus(status: number): boolean {
  return status >= 500 || status === 429 || status === 409 || status === 408;
}

/** A day: whoever names a year is not believed, and what stands in our answers stays a number that clients can read. */
const longestRetryAfterMs = 24 * 60 * 60 * 1_000;

/** `retry-after-ms` is OpenAI's and Azure's finer spelling; the date form of `retry-after` is not used by providers. */
function retryAfterOf(headers: IncomingHttpHeaders): number | undefined {
  return waitIn(headers['retry-after-ms'], 1) ?? waitIn(headers['retry-after'], 1_000);
}

function waitIn(header: string | string[] | undefined, unitMs: number): number | undefined {
  const count = typeof header === 'string' && header !== '' ? Number(header) : Number.NaN;
  return Number.isFinite(count) && count >= 0 ? Math.min(count * unitMs, longestRetryAfterMs) : undefined;
}
