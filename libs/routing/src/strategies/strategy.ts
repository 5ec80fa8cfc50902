import type { Deployment, RouteRequest } from '@signalbox/contracts';
import type { Candidate } from '../judgement.js';

/** What a strategy may look at besides candidates and request; the caller brings clock and dice. */
export interface StrategyFacts {
  /** Dice: from 0 up to but not including 1. */
  readonly random: () => number;
  /**
   * How fast a deployment answered lately, in milliseconds per token of the answer; for a streamed answer, until
   * its first byte. Undefined: nobody knows.
   */
  readonly latencyMs: (deployment: Deployment, streamed: boolean) => number | undefined;
}

/**
 * In which order the candidates of one tier are offered to admission, and which of those with room it takes.
 * A strategy refuses nobody: what it is given comes back, every candidate once.
 */
export interface Strategy {
  /** `first` takes the order as it is; the others are counted by the ledger, in the same atomic step. */
  readonly pick: 'first' | 'least-tokens' | 'least-busy';
  readonly arrange: (
    candidates: readonly Candidate[],
    request: RouteRequest,
    facts: StrategyFacts,
  ) => readonly Candidate[];
}
