import { expect, it } from 'vitest';
import { aDeployment, aRouteRequest, chiSquare, seededDice } from '../testing-builders.js';
import { costBased } from './cost-based.js';

function order(
  ...prices: readonly [id: string, input?: number | undefined, output?: number][]
): (random: () => number) => string {
  const candidates = prices.map(([id, inputCostPerToken, outputCostPerToken]) => ({
    deployment: aDeployment({
      id,
      ...(inputCostPerToken === undefined ? {} : { inputCostPerToken }),
      ...(outputCostPerToken === undefined ? {} : { outputCostPerToken }),
    }),
  }));
  return (random) =>
    costBased
      .arrange(candidates, aRouteRequest(), { random, latencyMs: () => undefined })
      .map(({ deployment }) => deployment.id)
      .join(' ');
}

it('takes the cheapest first, prompt and answer together', () => {
  const arrange = order(['dear', 3e-6, 15e-6], ['cheap', 1e-7, 4e-7], ['middle', 5e-6, 1e-6]);
  expect(arrange(seededDice(1))).toBe('cheap middle dear');
});

it('takes a price that nobody knows for 5 dollars a token, each side for itself', () => {
  const arrange = order(['unknown'], ['half', 1e-6], ['other half', undefined, 6], ['known', 4, 0.5]);
  expect(arrange(seededDice(1))).toBe('known half unknown other half');
});

it('knows what is free', () => {
  expect(order(['cheap', 1e-9, 1e-9], ['free', 0, 0])(seededDice(1))).toBe('free cheap');
});

it('draws lots among equals', () => {
  const arrange = order(['a', 1, 1], ['b', 1.5, 0.5], ['c', 0, 0]);
  const random = seededDice(7);
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 4_000; draw += 1) {
    const found = arrange(random);
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  expect(chiSquare(counts, { 'c a b': 1, 'c b a': 1 })).toMatchObject({ fits: true });
});
