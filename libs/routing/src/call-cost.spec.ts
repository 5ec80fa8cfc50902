import { describe, expect, it } from 'vitest';
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

describe('kinds of tokens', () => {
  const dear = {
    ...prices,
    cacheReadCostPerToken: 1e-6,
    cacheWriteCostPerToken: 3e-6,
    inputCostPerAudioToken: 40e-6,
    outputCostPerAudioToken: 80e-6,
    outputCostPerReasoningToken: 12e-6,
  };

  it('cost what they cost, and the rest of their side what that costs', () => {
    const input = { prompt: 1_000, cached: 500, cacheWritten: 100, promptAudio: 10 };
    const output = { completion: 100, reasoning: 40, completionAudio: 5 };
    const ofInput = 500 * 1_000 + 100 * 3_000 + 10 * 40_000 + 390 * 2_500;
    const ofOutput = 40 * 12_000 + 5 * 80_000 + 55 * 10_000;
    expect(callCost(dear, { ...input, ...output })).toBe(ofInput + ofOutput);
  });

  it('cost what text costs where they have no price, but sound and drawn pictures are not given away', () => {
    const text = callCost(prices, { prompt: 10, completion: 10 });
    const kinds = { cached: 2, cacheWritten: 2, promptImage: 2, reasoning: 2 };
    expect(callCost(prices, { prompt: 10, completion: 10, ...kinds })).toBe(text);
    for (const kind of ['promptAudio', 'completionAudio', 'completionImage'])
      expect(callCost(prices, { prompt: 10, completion: 10, [kind]: 1 })).toBeUndefined();
    const free = { inputCostPerToken: 0, outputCostPerToken: 0 };
    expect(callCost(free, { prompt: 10, completion: 10, promptAudio: 5, completionImage: 5 })).toBe(0);
  });

  it('are never more than their side has', () => {
    expect(callCost(dear, { prompt: 10, completion: 0, cached: 8, promptAudio: 8 })).toBe(
      8 * 1_000 + 2 * 40_000,
    );
    expect(callCost(dear, { prompt: 0, completion: 0, cached: 8, reasoning: 8 })).toBe(0);
  });

  it('cost more in long prompts, every one of them', () => {
    const longPrompts = [
      { above: 100, inputCostPerToken: 5e-6 },
      { above: 200, inputCostPerToken: 6e-6, cacheReadCostPerToken: 2e-6 },
    ];
    const cost = (prompt: number) =>
      callCost({ ...dear, longPrompts }, { prompt, completion: 1, cached: 50 });
    expect(cost(100)).toBe(50 * 1_000 + 50 * 2_500 + 10_000);
    expect(cost(101)).toBe(50 * 1_000 + 51 * 5_000 + 10_000);
    expect(cost(201)).toBe(50 * 2_000 + 151 * 6_000 + 10_000);
  });
});

it('never claims more than can be counted, nor less than nothing', () => {
  expect(callCost({ inputCostPerToken: 1 }, { prompt: 1e12, completion: 0 })).toBe(1e15);
  expect(callCost({ inputCostPerToken: -1 }, { prompt: 1, completion: 0 })).toBe(0);
});
