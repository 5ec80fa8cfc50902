import type { Strategy } from './strategy.js';

/** The candidate with the fewest attempts in flight, ties by lot. Only the ledger knows them. */
export const leastBusy: Strategy = { pick: 'least-busy', arrange: (candidates) => candidates };
