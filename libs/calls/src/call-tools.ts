import type { DecisionRecord, RouteOutcome, RouteRequest } from '@signalbox/contracts';
import type { Backoff } from '@signalbox/routing';
import type { AttemptTools } from './attempt-tools.js';
import type { RetryWaits } from './retry-waits.js';

/** Says which deployment serves a call, or why none does. */
export interface Decider {
  /** Rejects with a FaultError when nothing could be decided. */
  decide(request: RouteRequest): Promise<RouteOutcome>;
}

/** Takes the record of every call that wants one, exactly one of each. Never throws and never waits. */
export interface DecisionSink {
  add(record: DecisionRecord): void;
}

/** What every call is served with; the same for all of them. */
export interface CallTools {
  readonly router: Decider;
  readonly attempt: AttemptTools;
  /** Absent: nobody takes records. */
  readonly decisions?: DecisionSink;
  readonly waits: Pick<RetryWaits, 'wait' | 'stop'>;
  readonly backoff: Backoff;
  /** How long a call waits until the router goes by the same configuration, milliseconds. */
  readonly agreeWithinMs: number;
  /** A random number from 0 to below 1. */
  readonly dice: () => number;
}
