// Real: the price data of the package in package-lock.json. Prices of old models, which do not move any more.
import { describe, expect, it } from 'vitest';
import { listPrices } from './list-prices.js';

describe('the list price of a token', () => {
  it.each([
    ['openai', 'gpt-4o', 2.5, 10],
    ['azure', 'gpt-4o', 2.5, 10],
    ['azure_ai', 'gpt-4o', 2.5, 10],
    ['azure', 'gpt-35-turbo', 0.5, 1.5],
    ['bedrock', 'eu.anthropic.claude-3-5-sonnet-20240620-v1:0', 3, 15],
    ['bedrock_converse', 'anthropic.claude-3-5-sonnet-20240620-v1:0', 3, 15],
    ['fireworks_ai', 'accounts/fireworks/models/llama-v3p1-8b-instruct', 0.2, 0.2],
    ['vertex_ai', 'gemini-2.5-flash', 0.3, 2.5],
    ['vertex_ai_beta', 'gemini-2.5-flash', 0.3, 2.5],
  ])('is known of %s/%s', (provider, model, inputPerMillion, outputPerMillion) => {
    const prices = listPrices(provider, model);
    expect((prices.inputCostPerToken ?? NaN) * 1e6).toBeCloseTo(inputPerMillion);
    expect((prices.outputCostPerToken ?? NaN) * 1e6).toBeCloseTo(outputPerMillion);
  });

  it('is another one for each kind of tokens, and for long prompts', () => {
    expect(listPrices('anthropic', 'claude-3-5-sonnet-20240620')).toEqual({
      inputCostPerToken: 3e-6,
      outputCostPerToken: 15e-6,
      cacheReadCostPerToken: 3e-7,
      cacheWriteCostPerToken: 3.75e-6,
    });
    expect(listPrices('google', 'gemini-1.5-pro')).toEqual({
      inputCostPerToken: 1.25e-6,
      outputCostPerToken: 5e-6,
      longPrompts: [{ above: 128_000, inputCostPerToken: 2.5e-6, outputCostPerToken: 10e-6 }],
    });
    expect(listPrices('vertex_ai', 'gemini-2.5-flash')).toMatchObject({ inputCostPerAudioToken: 1e-6 });
  });

  it('is nothing for the answer of an embedding', () => {
    expect(listPrices('openai', 'text-embedding-3-small')).toEqual({
      inputCostPerToken: 2e-8,
      outputCostPerToken: 0,
    });
  });

  it.each([
    ['openai', 'my-own-model'],
    ['openai', ''],
    ['openai', '*'],
    ['openai', 'whisper-1'],
    ['nobody', 'gpt-4o'],
    ['constructor', 'gpt-4o'],
  ])('is not known of %s/%s', (provider, model) => {
    expect(listPrices(provider, model)).toEqual({});
  });
});
