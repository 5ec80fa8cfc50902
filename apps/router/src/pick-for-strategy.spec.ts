import { expect, it } from 'vitest';
import { pickForStrategy } from './pick-for-strategy.js';

it.each([
  ['simple-shuffle', 'least-tokens'],
  ['usage-based-routing', 'least-tokens'],
  ['least-busy', 'least-busy'],
] as const)('%s takes the candidate that admission calls %s', (strategy, pick) => {
  expect(pickForStrategy(strategy)).toBe(pick);
});
