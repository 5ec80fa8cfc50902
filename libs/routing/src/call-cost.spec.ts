import { expect, it } from 'vitest';
import { callCost } from './call-cost.js';

const prices = { inputCostPerToken: 0.0000025, outputCostPerToken: 0.00001 };

it('is the tokens of each side at its price, in whole nano-dollars', () => {
  expect(callCost(prices, { prompt: 1_000, completion: 100 })).toBe(3_500_000);
  expect(callCost(prices, { prompt: 0, completion: 0 })).toBe(0);
});

it('is rounded up, but not for what binary fractions add', () => {
  expect(callCost({ inputCostPerToken: 2.5e-11 }, { prompt: 1, completion: 0 })).toBe(1);
  expect(callCost({ inputCostPerToken: 0.1 }, { prompt: 3, completion: 0 })).toBe(300_000_000);
});

it('is unknown when a side has tokens and no price', () => {
  const onlyInput = { inputCostPerToken: 0.000001 };
  expect(callCost(onlyInput, { prompt: 5, completion: 1 })).toBeUndefined();
  expect(callCost(onlyInput, { prompt: 5, completion: 0 })).toBe(5_000);
  expect(callCost({}, { prompt: 0, completion: 0 })).toBe(0);
});

it('never claims more than can be counted, nor less than nothing', () => {
  expect(callCost({ inputCostPerToken: 1 }, { prompt: 1e12, completion: 0 })).toBe(1e15);
  expect(callCost({ inputCostPerToken: -1 }, { prompt: 1, completion: 0 })).toBe(0);
});
