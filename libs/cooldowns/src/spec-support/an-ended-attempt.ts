import type { EndedAttempt } from '../cooldown-store.js';
import type { TestClock } from './implementations.js';

let attempts = 0;

/** An attempt at deployment `a` that was refused with 429 just now, unless told. */
export function anEndedAttempt(clock: TestClock, words: Partial<EndedAttempt> = {}): EndedAttempt {
  attempts += 1;
  return {
    attemptId: `attempt-${attempts}`,
    deploymentId: 'a',
    signal: 'rate_limit',
    startedAt: clock.now(),
    endedAt: clock.now(),
    ...words,
  };
}
