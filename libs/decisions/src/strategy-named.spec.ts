import { routingStrategies } from '@signalbox/config';
import { aDeployment, aRouteRequest } from '@signalbox/routing/testing';
import { expect, it } from 'vitest';
import { strategyNamed } from './strategy-named.js';

it('lets the ledger choose where only the ledger knows, and the order where the order says all', () => {
  const picks = routingStrategies.map((routingStrategy) => [
    routingStrategy,
    strategyNamed({ routingStrategy }).pick,
  ]);
  expect(Object.fromEntries(picks)).toEqual({
    'simple-shuffle': 'first',
    'least-busy': 'least-busy',
    'usage-based-routing': 'least-tokens',
    'latency-based-routing': 'first',
    'cost-based-routing': 'first',
  });
});

it('hands the buffer to the strategy of latency', () => {
  const candidates = ['slow', 'fast'].map((id) => ({ deployment: aDeployment({ id }) }));
  const latencyMs = ({ id }: { id: string }) => (id === 'slow' ? 12 : 10);
  const firstWith = (lowestLatencyBuffer: number) => {
    const latency = { lowestLatencyBuffer, ttlMs: 1_000, maxSamples: 10 };
    const { arrange } = strategyNamed({ routingStrategy: 'latency-based-routing', latency });
    // Dice that would put the slow one first, if there were lots to be drawn.
    const dice = [0, 0.9];
    return arrange(candidates, aRouteRequest(), { random: () => dice.shift() ?? 0, latencyMs })[0]?.deployment
      .id;
  };
  expect(firstWith(0)).toBe('fast');
  expect(firstWith(0.5)).toBe('slow');
});
