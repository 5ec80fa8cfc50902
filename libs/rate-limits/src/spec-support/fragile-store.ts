import { LimitStoreUnavailable } from '../limit-store-unavailable.js';
import type { AdmitRequest, AdmitResult, DeploymentUse, LimitStore, Settlement } from '../limit-store.js';

/** A limit store that can be taken away; counts how often it is asked. */
export class FragileStore implements LimitStore {
  isAway = false;
  /** Does what it is asked for, and the answer never arrives. */
  losesAnswers = false;
  asked = 0;
  /** Runs once, when the next admission is done and not yet answered. */
  beforeAnswer: (() => Promise<unknown>) | undefined;

  constructor(private readonly store: LimitStore) {}

  admit(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    return this.#ask(async () => {
      const results = await this.store.admit(requests);
      const first = this.beforeAnswer;
      this.beforeAnswer = undefined;
      await first?.();
      return results;
    });
  }

  preview(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    return this.#ask(() => this.store.preview(requests));
  }

  used(deploymentIds: readonly string[]): Promise<DeploymentUse[]> {
    return this.#ask(() => this.store.used(deploymentIds));
  }

  settle(settlements: readonly Settlement[]): Promise<void> {
    return this.#ask(() => this.store.settle(settlements));
  }

  release(reservationIds: readonly string[]): Promise<void> {
    return this.#ask(() => this.store.release(reservationIds));
  }

  async #ask<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
    this.asked += 1;
    if (this.isAway) throw new LimitStoreUnavailable(new Error('gone'));
    const given = await answer();
    if (this.losesAnswers) throw new LimitStoreUnavailable(new Error('no answer'));
    return given;
  }
}
