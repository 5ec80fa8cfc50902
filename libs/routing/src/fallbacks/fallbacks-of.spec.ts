import { describe, expect, it } from 'vitest';
import type { FallbackEntry, FallbackRules } from './fallback-rules.js';
import { fallbacksOf } from './fallbacks-of.js';

function entries(table: Record<string, string[]>): FallbackEntry[] {
  return Object.entries(table).map(([model, names]) => ({
    model,
    fallbacks: names.map((name) => ({ model: name })),
  }));
}

const rules: FallbackRules = {
  tables: {
    general: entries({
      'gpt-4': ['gpt-3.5', 'claude'],
      'azure/*': ['openai/*', 'claude'],
      'azure/gpt-*': ['mistral'],
      'none/*': ['claude'],
      'none/at-all': [],
    }),
    context_window: entries({ 'gpt-4': ['gpt-4-32k'], 'azure/*': ['claude-200k'] }),
    content_policy: [],
  },
  defaults: [{ model: 'last-resort' }],
  maxFallbacks: 5,
};

function models(kind: 'general' | 'context_window' | 'content_policy', ...names: string[]): string[] {
  return fallbacksOf(rules, names, kind).fallbacks.map(({ model }) => model);
}

describe('fallbacksOf', () => {
  it('takes the entry of exactly this name, in its order', () => {
    expect(models('general', 'gpt-4')).toEqual(['gpt-3.5', 'claude']);
  });

  it('takes the longest pattern otherwise, and fills in what its star stands for', () => {
    expect(models('general', 'azure/llama')).toEqual(['openai/llama', 'claude']);
    expect(models('general', 'azure/gpt-4o')).toEqual(['mistral']);
  });

  it('takes the defaults for a model of which nothing is said', () => {
    expect(models('general', 'llama')).toEqual(['last-resort']);
  });

  it('takes none where the list is empty', () => {
    expect(models('general', 'none/at-all')).toEqual([]);
  });

  it('knows a model by every name it has, exact names before patterns', () => {
    expect(models('general', 'azure/nickname', 'gpt-4')).toEqual(['gpt-3.5', 'claude']);
  });

  it('asks the table of the failure first, then the general one', () => {
    expect(models('context_window', 'gpt-4')).toEqual(['gpt-4-32k']);
    expect(models('context_window', 'azure/gpt-4o')).toEqual(['claude-200k']);
    expect(models('content_policy', 'gpt-4')).toEqual(['gpt-3.5', 'claude']);
    expect(models('content_policy', 'llama')).toEqual(['last-resort']);
  });

  it('needs at least one character for a star', () => {
    expect(models('general', 'azure/')).toEqual(['last-resort']);
  });
});
