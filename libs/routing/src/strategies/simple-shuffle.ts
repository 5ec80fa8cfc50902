import type { Deployment } from '@signalbox/contracts';
import type { Candidate } from '../judgement.js';
import { drawByWeight } from './draw-by-weight.js';
import type { Strategy } from './strategy.js';

type Measure = (deployment: Deployment) => number | undefined;

const measures: readonly Measure[] = [
  ({ weight }) => weight,
  ({ limits }) => limits.rpm,
  ({ limits }) => limits.tpm,
];
const equally: Measure = () => 1;

/**
 * A weighted lottery: by `weight`, else by `rpm`, else by `tpm`, else all alike. As in LiteLLM the first candidate
 * says which of them is used, and who lacks it weighs nothing. Whoever is full is passed over for the
 * next one drawn.
 */
export const simpleShuffle: Strategy = {
  pick: 'first',
  arrange(candidates, _request, { random }) {
    const measure = measureOf(candidates);
    return drawByWeight(candidates, ({ deployment }) => measure(deployment) ?? 0, random);
  },
};

function measureOf(candidates: readonly Candidate[]): Measure {
  const first = candidates[0]?.deployment;
  if (first === undefined) return equally;
  return measures.find((measure) => measure(first) !== undefined) ?? equally;
}
