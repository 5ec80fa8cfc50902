import type { RouteRequest } from '@signalbox/contracts';

/** More than any limit; a thousand of these still add up exactly. */
const most = 1_000_000_000_000;

/** Tokens a request may use and therefore reserves: prompt and answer. Clients may ask for absurd answers. */
export function requestedTokens({ promptTokens, outputTokens }: RouteRequest): number {
  return Math.min(promptTokens + outputTokens, most);
}
