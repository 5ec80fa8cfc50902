import type { TokenCounts } from '@signalbox/contracts';

/**
 * Token counts of an attempt whose provider told none: the prompt as it was estimated before the call, the answer as far
 * as it came.
 */
export function estimateUsage(prompt: number, answer = 0): TokenCounts {
  return { prompt, completion: answer, total: prompt + answer, source: 'estimated' };
}
