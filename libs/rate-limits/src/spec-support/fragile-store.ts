import { LimitStoreUnavailable } from '../limit-store-unavailable.js';
import type { AdmitRequest, AdmitResult, LimitStore, Settlement } from '../limit-store.js';

/** A limit store that can be taken away; counts how often it is asked. */
export class FragileStore implements LimitStore {
  isAway = false;
  asked = 0;

  constructor(private readonly store: LimitStore) {}

  admit(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    return this.#ask(() => this.store.admit(requests));
  }

  settle(settlements: readonly Settlement[]): Promise<void> {
    return this.#ask(() => this.store.settle(settlements));
  }

  release(reservationIds: readonly string[]): Promise<void> {
    return this.#ask(() => this.store.release(reservationIds));
  }

  #ask<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
    this.asked += 1;
    return this.isAway ? Promise.reject(new LimitStoreUnavailable(new Error('gone'))) : answer();
  }
}
