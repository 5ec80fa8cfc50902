import type { CooldownReason, CooldownSignal, CooldownState } from '@signalbox/routing';

/** An attempt that is over, as far as it concerns the cooldown of its deployment. */
export interface EndedAttempt {
  readonly attemptId: string;
  readonly deploymentId: string;
  readonly signal: CooldownSignal;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** How long the provider asked to be left alone, milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** What is known after attempts were counted. */
export interface CountedAttempts {
  /** The store's time, milliseconds since 1970. */
  readonly now: number;
  /** The attempts, in their order, without failures that were counted before. */
  readonly fresh: readonly EndedAttempt[];
  /** Of every deployment asked for, all attempts included. */
  readonly states: ReadonlyMap<string, CooldownState>;
}

/** Leave a deployment alone, or take it back into full service. */
export type CooldownOrder = { readonly deploymentId: string } & (
  | { readonly action: 'cool'; readonly forMs: number; readonly reason: CooldownReason }
  /** `until`: the end of the cooldown whose probe was answered; nothing happens when there is another one by now. */
  | { readonly action: 'restore'; readonly until: number }
);

/** What came of an order. `none`: it cools longer already, or there is nothing to restore any more. */
export type CooldownEffect = 'began' | 'prolonged' | 'restored' | 'none';

/** A deployment that is left alone, or was until lately and has answered no probe since. */
export interface Cooldown {
  readonly deploymentId: string;
  readonly reason: string;
  /** Milliseconds until its end; 0 or less: it is over, and the deployment on probation. */
  readonly leftMs: number;
}

/**
 * Who failed how often in the last minute, and who is left alone until when, for all who share the store. It knows no
 * policy: see `recordAttempts`. Every method rejects with `CooldownStoreUnavailable` when it cannot be reached.
 */
export interface CooldownStore {
  /**
   * Counts attempts in one atomic step. A failure is counted once, however often it is told; an answer as often as
   * it is told, which at worst lets a deployment look better than it is.
   */
  count(attempts: readonly EndedAttempt[]): Promise<CountedAttempts>;
  /** Begins and ends cooldowns in one atomic step; of two the longer one holds. Answers in the order of the orders. */
  apply(orders: readonly CooldownOrder[]): Promise<CooldownEffect[]>;
  /** The cooldowns of these deployments that last, or were over less than a minute ago without an answered probe. */
  read(deploymentIds: readonly string[]): Promise<Cooldown[]>;
}

/** How long a failure matters: in counts, and as a cooldown that is over. */
export const memoryMs = 60_000;
/** Width of the cells that attempts are counted in: they count a minute, and at most this much longer. */
export const cellMs = 5_000;

/** The store could not be reached; cooldowns then stay as they were last known. */
export class CooldownStoreUnavailable extends Error {
  override readonly name = 'CooldownStoreUnavailable';
  constructor(cause: unknown) {
    super('The cooldown store cannot be reached', { cause });
  }
}
