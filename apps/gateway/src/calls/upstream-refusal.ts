import type { IncomingHttpHeaders } from 'node:http';
import { readUpstreamError } from '@signalbox/providers';
import { UpstreamError } from '../errors/upstream-error.js';

/** Reads a provider's error answer: what the client is told if no other attempt succeeds. */
export function upstreamRefusal(
  { status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders },
  bytes: Buffer,
  secrets: readonly string[],
): UpstreamError {
  const { message, type, param, kind } = readUpstreamError(status, bytes, secrets);
  const retryAfterMs = retryAfterOf(headers);
  return new UpstreamError({
    status,
    type: type ?? 'upstream_error',
    message,
    param,
    ...(kind === 'context_length' && { code: 'context_length_exceeded' }),
    isRetryable: isRetryableStatus(status),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Whether another deployment may do better: the provider is overloaded, failing or too slow, not the request wrong. */
export function isRetryableStatus(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

/** `retry-after-ms` is OpenAI's and Azure's finer spelling; the date form of `retry-after` is not used by providers. */
function retryAfterOf(headers: IncomingHttpHeaders): number | undefined {
  const milliseconds = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
