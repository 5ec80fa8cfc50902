import { ascending } from './ascending.js';
import { drawByWeight } from './draw-by-weight.js';
import type { Strategy } from './strategy.js';

/**
 * The fastest first, and by lot among those within `lowest * (1 + lowestLatencyBuffer)`; after them the others,
 * faster ones first. A deployment that nobody knows has a latency of 0, as in LiteLLM: it is tried at once, and
 * known from then on.
 */
export function latencyBased(options: { readonly lowestLatencyBuffer: number }): Strategy {
  return {
    pick: 'first',
    arrange(candidates, request, { random, latencyMs }) {
      const timed = drawByWeight(candidates, () => 1, random).map((candidate) => ({
        candidate,
        latency: latencyMs(candidate.deployment, request.stream === true) ?? 0,
      }));
      const lowest = Math.min(...timed.map(({ latency }) => latency));
      const bound = lowest * (1 + options.lowestLatencyBuffer);
      // All within the bound are as good as each other, and sorting keeps the lot they drew.
      const rank = (latency: number) => (latency <= bound ? lowest : latency);
      return timed
        .sort((one, other) => ascending(rank(one.latency), rank(other.latency)))
        .map(({ candidate }) => candidate);
    },
  };
}
