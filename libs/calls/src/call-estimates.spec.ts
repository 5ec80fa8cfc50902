// Real: the tokenizers.
import type { Catalog } from '@signalbox/contracts';
import { aCatalog, aDeployment } from '@signalbox/routing/testing';
import { describe, expect, it } from 'vitest';
import { CallEstimates } from './call-estimates.js';
import { fallbackCall } from './fallback-call.js';
import type { Call } from './call.js';

// Eight tokens of gpt-4o, nine of gpt-4, ten of Claude, seven by length.
const input = 'お誕生日おめでとう';
const aCall = (words: Partial<Call>) => ({
  mode: 'embedding' as const,
  model: 'new',
  caller: undefined,
  body: { input },
  ...words,
});
const promptTokens = async (catalog: Catalog, words: Partial<Call> = {}) =>
  (await CallEstimates.load(catalog)).of(aCall(words)).promptTokens;

const gpt4o = aDeployment({ id: 'one', modelGroup: 'new', upstream: { model: 'gpt-4o' } });
const gpt4 = aDeployment({ id: 'two', modelGroup: 'old', upstream: { model: 'gpt-4' } });
const claude = aDeployment({
  id: 'three',
  modelGroup: 'claude',
  upstream: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
});

describe('the prompt', () => {
  it('is counted by the tokenizer of the model asked for', async () => {
    const catalog = aCatalog([gpt4o, gpt4, claude]);
    expect(await promptTokens(catalog, { model: 'new' })).toBe(8);
    expect(await promptTokens(catalog, { model: 'old' })).toBe(9);
    expect(await promptTokens(catalog, { model: 'claude' })).toBe(10);
    expect(await promptTokens(catalog, { model: 'three' })).toBe(10);
  });

  it('is counted by the model that an alias stands for', async () => {
    const groupAliases = { fast: { model: 'old', hidden: false } };
    expect(await promptTokens(aCatalog([gpt4o, gpt4], { groupAliases }), { model: 'fast' })).toBe(9);
  });

  it('is counted by the model of the group that sees the most tokens', async () => {
    const mixed = aCatalog([gpt4o, { ...claude, modelGroup: 'new' }, { ...gpt4, modelGroup: 'new' }]);
    expect(await promptTokens(mixed)).toBe(10);
  });

  it('is counted by the base model of an Azure deployment', async () => {
    const upstream = { provider: 'azure', model: 'our-name' };
    const ofAzure = aDeployment({ modelGroup: 'new', upstream, modelInfo: { base_model: 'azure/gpt-4' } });
    expect(await promptTokens(aCatalog([ofAzure]))).toBe(9);
  });

  it('is counted by the model that a wildcard stands for', async () => {
    const wildcard = aCatalog([aDeployment({ modelGroup: 'openai/*', upstream: { model: '*' } })]);
    expect(await promptTokens(wildcard, { model: 'openai/gpt-4o' })).toBe(8);
    expect(await promptTokens(wildcard, { model: 'openai/gpt-4' })).toBe(9);
  });

  it('is counted by its length for a model nobody knows, and without tokenizers', async () => {
    const catalog = aCatalog([gpt4o]);
    expect(await promptTokens(catalog, { model: 'unheard-of' })).toBe(7);
    expect(new CallEstimates(catalog).of(aCall({})).promptTokens).toBe(7);
  });

  it('is counted anew for a fallback', async () => {
    const estimates = await CallEstimates.load(aCatalog([gpt4o, claude]));
    const call = { ...aCall({}), ...estimates.of(aCall({})) } as Call;
    const hop = { model: 'claude', kind: 'general' as const };
    expect([call.promptTokens, fallbackCall(call, hop, estimates).promptTokens]).toEqual([8, 10]);
  });
});

describe('the answer', () => {
  const outputTokens = (catalog: Catalog) =>
    new CallEstimates(catalog).of({ ...aCall({}), mode: 'chat', body: { messages: [], max_tokens: 5_000 } })
      .outputTokens;

  it('is bounded by the largest limit of the group', () => {
    const small = { ...gpt4o, maxOutputTokens: 1_000 };
    expect(outputTokens(aCatalog([small, { ...small, id: 'four', maxOutputTokens: 4_096 }]))).toBe(4_096);
  });

  it('is as asked for where a limit is not known', () => {
    expect(outputTokens(aCatalog([gpt4o, { ...gpt4o, id: 'four', maxOutputTokens: 4_096 }]))).toBe(5_000);
  });
});
