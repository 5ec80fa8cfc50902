import type { OutgoingHttpHeaders } from 'node:http';

/** How often a call was tried, at the model that its answer or its error is of. */
export interface CallTally {
  /** Attempts at this model before this one. */
  readonly attemptedRetries: number;
  /** How many there may be. */
  readonly maxRetries: number;
  /** Other models tried before this one. */
  readonly attemptedFallbacks: number;
  readonly maxFallbacks: number;
}

/** LiteLLM's headers for it. */
export function tallyHeaders(tally: CallTally): OutgoingHttpHeaders {
  return {
    'x-litellm-attempted-retries': String(tally.attemptedRetries),
    'x-litellm-max-retries': String(tally.maxRetries),
    'x-litellm-attempted-fallbacks': String(tally.attemptedFallbacks),
    'x-litellm-max-fallbacks': String(tally.maxFallbacks),
  };
}
