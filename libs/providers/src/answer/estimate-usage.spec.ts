import { expect, it } from 'vitest';
import { estimateUsage } from './estimate-usage.js';

it('counts a token for every streamed event', () => {
  expect(estimateUsage({ promptTokens: 10, streamedEvents: 7 })).toEqual({
    prompt: 10,
    completion: 7,
    total: 17,
    source: 'estimated',
  });
});

it('counts a whole answer by its length without its envelope', () => {
  expect(estimateUsage({ promptTokens: 10, answerBytes: 700 }).completion).toBe(100);
  expect(estimateUsage({ promptTokens: 10, answerBytes: 120 }).completion).toBe(0);
});

it('counts no answer for an embedding', () => {
  expect(estimateUsage({ promptTokens: 10 })).toMatchObject({ completion: 0, total: 10 });
});
