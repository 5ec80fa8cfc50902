import type { RateLimitState } from '@signalbox/contracts';
import type { Limits } from './limit-store.js';

/** What is left of the limits after so much use; unlimited sides are left out. */
export function limitState(
  limits: Limits,
  used: { readonly requests: number; readonly tokens: number },
): RateLimitState {
  const { rpm, tpm } = limits;
  return {
    ...(rpm === undefined ? {} : { limitRequests: rpm, remainingRequests: Math.max(0, rpm - used.requests) }),
    ...(tpm === undefined ? {} : { limitTokens: tpm, remainingTokens: Math.max(0, tpm - used.tokens) }),
  };
}
