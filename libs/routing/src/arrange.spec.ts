/** Properties that every strategy has, whatever it is given; dice are part of what is drawn. */
import type { Deployment } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange } from './arrange.js';
import {
  conclude,
  costBased,
  judge,
  latencyBased,
  leastBusy,
  simpleShuffle,
  usageBased,
  type Judgement,
  type Strategy,
} from './index.js';
import { aCatalog, aDeployment, aRouteRequest, seededDice } from './testing-builders.js';

const strategies: Readonly<Record<string, Strategy>> = {
  'simple-shuffle': simpleShuffle,
  'usage-based-routing': usageBased,
  'least-busy': leastBusy,
  'latency-based-routing': latencyBased({ lowestLatencyBuffer: 0.5 }),
  'cost-based-routing': costBased,
};

const amount = fc.option(
  fc.oneof(fc.constantFrom(0, 1, Number.MIN_VALUE, Number.MAX_VALUE), fc.double({ min: 0, noNaN: true })),
  { nil: undefined },
);
const deployments = fc
  .array(
    fc.record({
      weight: amount,
      rpm: amount,
      order: fc.constantFrom(undefined, 1, 2),
      input: amount,
      output: amount,
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(({ weight, rpm, order, input, output }, index): Deployment => {
      const words = { weight, order, inputCostPerToken: input, outputCostPerToken: output };
      const known = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
      return aDeployment({ ...known, limits: rpm === undefined ? {} : { rpm }, id: `d${index}` });
    }),
  );
const worlds = fc.record({
  catalog: deployments.map((some) => aCatalog(some)),
  stream: fc.boolean(),
  latencies: fc.array(amount, { minLength: 12, maxLength: 12 }),
  seed: fc.integer(),
});

function judged(catalog: ReturnType<typeof aCatalog>, stream: boolean): Judgement {
  return judge(catalog, aRouteRequest({ stream }), { learnedRegion: () => undefined });
}

function idsOf(judgement: Judgement): string[][] {
  if (judgement.kind === 'refused') return [];
  return judgement.tiers.map((tier) => tier.map(({ deployment }) => deployment.id));
}

describe.each(Object.entries(strategies))('%s', (_name, strategy) => {
  it('gives back every candidate once, each in its tier', () => {
    fc.assert(
      fc.property(worlds, ({ catalog, stream, latencies, seed }) => {
        const before = judged(catalog, stream);
        const after = arrange(before, strategy, {
          random: seededDice(seed),
          latencyMs: ({ id }) => latencies[Number(id.slice(1))],
        });
        expect(idsOf(after).map((tier) => tier.toSorted())).toEqual(
          idsOf(before).map((tier) => tier.toSorted()),
        );
        expect({ ...after, tiers: [] }).toEqual({ ...before, tiers: [] });
      }),
    );
  });

  it('arranges alike what is alike: same facts, same dice', () => {
    fc.assert(
      fc.property(worlds, ({ catalog, stream, latencies, seed }) => {
        const once = () =>
          idsOf(
            arrange(judged(catalog, stream), strategy, {
              random: seededDice(seed),
              latencyMs: ({ id }) => latencies[Number(id.slice(1))],
            }),
          );
        expect(once()).toEqual(once());
      }),
    );
  });
});

const facts = { random: seededDice(1), latencyMs: () => undefined };

it('keeps the tiers: the cheapest of a higher order comes after the dearest of a lower one', () => {
  const catalog = aCatalog([
    aDeployment({ id: 'cheap spare', order: 2, inputCostPerToken: 0, outputCostPerToken: 0 }),
    aDeployment({ id: 'dear', order: 1, inputCostPerToken: 1, outputCostPerToken: 1 }),
    aDeployment({ id: 'cheap', order: 1, inputCostPerToken: 1, outputCostPerToken: 0 }),
  ]);
  const judgement = arrange(judged(catalog, false), costBased, facts);
  expect(idsOf(judgement)).toEqual([['cheap', 'dear'], ['cheap spare']]);
  expect(conclude(judgement)).toMatchObject({ outcome: 'chosen', deploymentId: 'cheap' });
});

it('leaves a refusal as it is', () => {
  const refused = judge(aCatalog([]), aRouteRequest(), { learnedRegion: () => undefined });
  expect(arrange(refused, simpleShuffle, facts)).toBe(refused);
});
