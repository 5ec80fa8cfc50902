import type { Strategy } from './strategy.js';

/** The candidate with the fewest tokens used in the last 60 seconds, ties by lot. Only the ledger knows them. */
export const usageBased: Strategy = { pick: 'least-tokens', arrange: (candidates) => candidates };
