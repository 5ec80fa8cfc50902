// Real: the price data of the package in package-lock.json. Prices of old models, which do not move any more.
import { describe, expect, it } from 'vitest';
import { tokenPrices } from './token-prices.js';

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
    const prices = tokenPrices(provider, model);
    expect((prices.input ?? NaN) * 1e6).toBeCloseTo(inputPerMillion);
    expect((prices.output ?? NaN) * 1e6).toBeCloseTo(outputPerMillion);
  });

  it('is the lowest tier where long prompts cost more', () => {
    expect((tokenPrices('anthropic', 'claude-sonnet-4-5').input ?? NaN) * 1e6).toBeCloseTo(3);
  });

  it('is nothing for the answer of an embedding', () => {
    expect(tokenPrices('openai', 'text-embedding-3-small')).toEqual({ input: 2e-8, output: 0 });
  });

  it.each([
    ['openai', 'my-own-model'],
    ['openai', ''],
    ['openai', '*'],
    ['openai', 'whisper-1'],
    ['nobody', 'gpt-4o'],
    ['constructor', 'gpt-4o'],
  ])('is not known of %s/%s', (provider, model) => {
    expect(tokenPrices(provider, model)).toEqual({});
  });
});
