import type { LimitAccuracy, LimitScope, RateLimitState } from '@signalbox/contracts';
import type { ReachedSoftBudget } from './soft-budgets.js';

/** What a ledger may take in any sliding 60 seconds, and at the same time. Integers; absent means unlimited. */
export interface Limits {
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
  readonly maxParallelRequests?: number | undefined;
}

/** A deployment that could serve the request. */
export interface AdmitCandidate extends Limits {
  readonly id: string;
  /** Tier, an integer: a higher one is only tried when no candidate of the lower ones fits. 0 unless told. */
  readonly order?: number | undefined;
  /**
   * Whether it serves again is still to be found out: takes one attempt at a time (a probe), whatever else it has in
   * flight from before. A probe that is not ended makes room for the next after `probeLeaseMs`.
   */
  readonly onProbation?: boolean | undefined;
}

/** Which of the fitting candidates of a tier is taken: the first in the list, or the least used one, ties by lot. */
export type Pick = 'first' | 'least-tokens' | 'least-busy';

/** One request for admission. */
export interface AdmitRequest {
  /** Names the reservation; the same id admitted again gets the same answer and takes nothing more. */
  readonly reservationId: string;
  /** In the order of preference. */
  readonly candidates: readonly AdmitCandidate[];
  readonly pick: Pick;
  /** All must have room, else nothing is reserved anywhere. */
  readonly scopes: readonly LimitScope[];
  /** Tokens to reserve: the estimate of prompt and answer. */
  readonly tokens: number;
  /** What they may cost, whole nano-dollars, to reserve of the budgets of the scopes; 0 unless told. */
  readonly nanoDollars?: number | undefined;
  /** How long the parallel slots are held if nobody settles, in milliseconds. */
  readonly leaseMs: number;
  /**
   * The attempt of the same call that ended before this one: it is settled first, in the same atomic step, so that a
   * call is never in its own way. Scopes count the call, so its further attempts take no request of them, but of those
   * that count it anew.
   */
  readonly previous?: Settlement | undefined;
  /** Decides ties, a non-negative integer; the store throws its own dice unless told. */
  readonly seed?: number | undefined;
}

/** The limit that is in the way. */
export type ExceededLimit = 'rpm' | 'tpm' | 'parallel';

/** What one ledger says to one request. */
export interface LimitVerdict<Fits extends string> {
  /** When several limits are in the way, the one that stays there longest; `parallel` also for a probe under way. */
  readonly code: Fits | ExceededLimit;
  /**
   * Milliseconds until the request would fit if nothing else came in between; absent where it fits, and
   * where it never will. A parallel slot frees when an attempt ends, which nobody knows beforehand: there
   * it is the end of the lease in the way, but at most `parallelRetryMs`.
   */
  readonly retryAfterMs?: number;
}

/** `chosen` was reserved; `eligible` had room but was not needed. */
export interface CandidateVerdict extends LimitVerdict<'chosen' | 'eligible'> {
  readonly id: string;
}

export interface ScopeVerdict extends LimitVerdict<'fits' | 'budget'> {
  readonly kind: LimitScope['kind'];
  readonly id: string;
  /** The scope's limits and what is left of them, after this reservation if there is one. */
  readonly state: RateLimitState;
}

/** The answer to one request; without `chosenId` nothing was reserved and no trace was left. */
export interface AdmitResult {
  readonly reservationId: string;
  readonly chosenId?: string;
  /** One per candidate, in the order asked. */
  readonly verdicts: readonly CandidateVerdict[];
  /** One per scope, in the order asked. */
  readonly scopeVerdicts: readonly ScopeVerdict[];
  /** Limits of the chosen deployment and what is left of them after this reservation. */
  readonly state?: RateLimitState;
  /** Soft budgets found spent that nobody was warned of before; absent: none. */
  readonly softBudgets?: readonly ReachedSoftBudget[];
  /** Said by `DegradingLimitStore` only: whether the limits were those of all processes together. */
  readonly limits?: LimitAccuracy;
}

/** The end of an attempt: what it really used. */
export interface Settlement {
  readonly reservationId: string;
  readonly tokens: number;
  /** What it cost, whole nano-dollars; absent: nobody knows, and what was reserved of budgets stays spent. */
  readonly nanoDollars?: number | undefined;
}

/** What a deployment used in the window, reservations included, and what it has in flight. */
export interface DeploymentUse {
  readonly requests: number;
  readonly tokens: number;
  readonly parallel: number;
}

/**
 * The ledgers of deployments, keys, teams and end users: what they used in the last 60 seconds and what
 * is in flight. Deployments without limits are counted too.
 *
 * Every method rejects with `LimitStoreUnavailable` when the store cannot be reached.
 */
export interface LimitStore {
  /**
   * What `admit` would answer to each of the requests now, each by itself. Reserves nothing and ends nothing, not even
   * `previous`; the limits of the chosen are told as they stand without this request.
   */
  preview(requests: readonly AdmitRequest[]): Promise<AdmitResult[]>;
  /** What deployments use now, one answer per id. */
  used(deploymentIds: readonly string[]): Promise<DeploymentUse[]>;
  /** Admits the requests one after the other, in one atomic step: each sees what the ones before it took. */
  admit(requests: readonly AdmitRequest[]): Promise<AdmitResult[]>;
  /**
   * Ends attempts: corrects the reserved tokens to the real ones in the second they were reserved in, the reserved
   * dollars in the windows of their budgets, and frees the parallel slots. Ids that are unknown, or ended already, change nothing.
   */
  settle(settlements: readonly Settlement[]): Promise<void>;
  /** Takes reservations back as if they had never been; for attempts that were never sent. Idempotent too. */
  release(reservationIds: readonly string[]): Promise<void>;
}

/** Length of the sliding window. */
export const windowMs = 60_000;
/** Width of the cells the window is counted in. */
export const cellMs = 1_000;
/** The longest that somebody refused for `parallel` is told to wait. */
export const parallelRetryMs = 1_000;
/** How late a settlement may come and still correct what was reserved of budgets; from then on that is spent. */
export const latestSettlementMs = 86_400_000;
/** How long a probe keeps others away when nobody ends it. */
export const probeLeaseMs = 30_000;
