import type { Deployment } from '@signalbox/contracts';
import { ascending } from './ascending.js';
import { drawByWeight } from './draw-by-weight.js';
import type { Strategy } from './strategy.js';

/** What LiteLLM takes for a price that nobody knows, US dollars per token: dearer than any. */
const unknownCost = 5;

/** The cheapest first, by the price of a prompt token plus that of an answer token; equals by lot. */
export const costBased: Strategy = {
  pick: 'first',
  arrange(candidates, _request, { random }) {
    return drawByWeight(candidates, () => 1, random).sort((one, other) =>
      ascending(costOf(one.deployment), costOf(other.deployment)),
    );
  },
};

function costOf({ inputCostPerToken, outputCostPerToken }: Deployment): number {
  return (inputCostPerToken ?? unknownCost) + (outputCostPerToken ?? unknownCost);
}
