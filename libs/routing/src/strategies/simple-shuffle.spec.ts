/** Dice with fixed seeds: every run sees the same draws. */
import { describe, expect, it } from 'vitest';
import { aDeployment, aRouteRequest, chiSquare, seededDice } from '../testing-builders.js';
import type { DeploymentWords } from '../testing-builders.js';
import { simpleShuffle } from './simple-shuffle.js';

const draws = 12_000;

/** How often each order came up; each candidate is called by its place in the configuration: a, b, c, ... */
function ordersOf(words: readonly DeploymentWords[], seed = 1): ReadonlyMap<string, number> {
  const candidates = words.map((one, index) => ({
    deployment: aDeployment({ ...one, id: String.fromCharCode(97 + index) }),
  }));
  const facts = { random: seededDice(seed), latencyMs: () => undefined };
  const counts = new Map<string, number>();
  for (let draw = 0; draw < draws; draw += 1) {
    const arranged = simpleShuffle.arrange(candidates, aRouteRequest(), facts);
    const order = arranged.map(({ deployment }) => deployment.id).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  return counts;
}

/** How often each came first. */
function firstOf(words: readonly DeploymentWords[], seed = 1): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [order, count] of ordersOf(words, seed)) {
    const first = order.slice(0, 1);
    counts.set(first, (counts.get(first) ?? 0) + count);
  }
  return counts;
}

describe('simple-shuffle draws the first candidate', () => {
  it.each([
    ['by weight', [{ weight: 1 }, { weight: 3 }, { weight: 6 }], { a: 1, b: 3, c: 6 }],
    ['by weights that are fractions', [{ weight: 0.2 }, { weight: 0.8 }], { a: 1, b: 4 }],
    ['by weight before rpm', [{ weight: 1, limits: { rpm: 900 } }, { weight: 2 }], { a: 1, b: 2 }],
    ['by rpm', [{ limits: { rpm: 300 } }, { limits: { rpm: 900 } }], { a: 1, b: 3 }],
    ['by rpm before tpm', [{ limits: { rpm: 5, tpm: 9 } }, { limits: { rpm: 5, tpm: 1 } }], { a: 1, b: 1 }],
    ['by tpm', [{ limits: { tpm: 100 } }, { limits: { tpm: 400 } }], { a: 1, b: 4 }],
    ['evenly', [{}, {}, {}], { a: 1, b: 1, c: 1 }],
    ['evenly when all weigh nothing', [{ weight: 0 }, { weight: 0 }], { a: 1, b: 1 }],
    [
      'by what the first candidate says',
      [{ limits: { rpm: 2 } }, { weight: 9, limits: { rpm: 2 } }],
      { a: 1, b: 1 },
    ],
    ['never one without the measure', [{ weight: 1 }, {}, { weight: 1 }], { a: 1, c: 1 }],
  ])('%s', (_what, words, shares) => {
    for (const seed of [1, 2, 3])
      expect(chiSquare(firstOf(words, seed), shares)).toMatchObject({ fits: true });
  });

  it('more than 89 of 100 times the one with 1440 rpm beside one with 6', () => {
    const counts = firstOf([{ limits: { rpm: 6 } }, { limits: { rpm: 1_440 } }]);
    expect((counts.get('b') ?? 0) / draws).toBeGreaterThan(0.89);
  });
});

describe('simple-shuffle draws the next ones', () => {
  it('by weight among those that are left', () => {
    const [a, b, c] = [1, 2, 5];
    const share = (first: number, second: number) => (first / 8) * (second / (8 - first));
    const shares = {
      abc: share(a, b),
      acb: share(a, c),
      bac: share(b, a),
      bca: share(b, c),
      cab: share(c, a),
      cba: share(c, b),
    };
    const orders = ordersOf([{ weight: a }, { weight: b }, { weight: c }]);
    expect(chiSquare(orders, shares)).toMatchObject({ fits: true });
  });

  it('evenly among those that weigh nothing, after all others', () => {
    const orders = ordersOf([{ weight: 2 }, {}, { weight: 0 }]);
    expect(chiSquare(orders, { abc: 1, acb: 1 })).toMatchObject({ fits: true });
  });
});

it('would be found out if it drew by anything else', () => {
  const even = firstOf([{}, {}, {}]);
  expect(chiSquare(even, { a: 10, b: 10, c: 11 }).fits).toBe(false);
  expect(chiSquare(even, { a: 1, b: 1 }).fits).toBe(false);
  const weighted = ordersOf([{ weight: 1 }, { weight: 2 }, { weight: 5 }]);
  expect(chiSquare(weighted, { abc: 1, acb: 1, bac: 1, bca: 1, cab: 1, cba: 1 }).fits).toBe(false);
});
