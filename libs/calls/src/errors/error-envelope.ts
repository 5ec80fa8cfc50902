import type { HttpFailure } from './http-failure.js';

/** The body of every error answer, as OpenAI and LiteLLM clients expect it. */
export interface ErrorEnvelope {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    /** The status as a string, LiteLLM's habit, or OpenAI's word where clients compare with it. */
    readonly code: string;
  };
}

/** Puts a failure into the envelope. */
export function errorEnvelope(failure: HttpFailure): ErrorEnvelope {
  const { message, type, param, status, code } = failure;
  return { error: { message, type, param, code: code ?? String(status) } };
}

/** Headers that tell a client whether and when to try again. */
export function retryHeaders(failure: HttpFailure): Record<string, string> {
  const headers: Record<string, string> = { 'x-should-retry': String(failure.isRetryable) };
  if (failure.isRetryable && failure.retryAfterMs !== undefined) {
    // Whole seconds, rounded up: a client that comes back early is refused again.
    headers['retry-after'] = String(Math.max(1, Math.ceil(failure.retryAfterMs / 1_000)));
  }
  return headers;
}
