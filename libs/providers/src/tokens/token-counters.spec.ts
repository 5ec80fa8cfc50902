import { expect, it } from 'vitest';
import { TokenCounters } from './token-counters.js';

const gpt4o = { provider: 'openai', model: 'gpt-4o' };
const gpt4 = { provider: 'azure', model: 'gpt-4' };
const claude = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
// 8 tokens in o200k_base, 9 in cl100k_base.
const text = 'お誕生日おめでとう';

it("counts with the model's tokenizer", async () => {
  const counters = await TokenCounters.load([gpt4o, gpt4]);
  expect(counters.counterFor([gpt4o])([text])).toBe(8);
  expect(counters.counterFor([gpt4])([text])).toBe(9);
});

it('counts more for a model whose tokenizer is not published', async () => {
  const counters = await TokenCounters.load([claude]);
  expect(counters.counterFor([claude])([text])).toBe(10);
});

it('counts for the model of a group that sees the most tokens', async () => {
  const counters = await TokenCounters.load([gpt4o, gpt4, claude]);
  expect(counters.counterFor([gpt4o, gpt4])([text])).toBe(9);
  expect(counters.counterFor([gpt4, claude, gpt4o])([text])).toBe(10);
});

it('is ready for any model where the configuration has a wildcard', async () => {
  const counters = await TokenCounters.load([{ provider: 'openai', model: '*' }]);
  expect(counters.counterFor([gpt4])([text])).toBe(9);
});

it('counts by length where there is no model or no tokenizer for it', async () => {
  const counters = await TokenCounters.load([]);
  expect(counters.counterFor([])(['abcdefgh'])).toBe(2);
  expect(counters.counterFor([gpt4o])(['abcdefgh'])).toBe(2);
});
