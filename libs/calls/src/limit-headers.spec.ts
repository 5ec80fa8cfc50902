import { expect, it } from 'vitest';
import { limitHeaders } from './limit-headers.js';

it("tells what is left to key, team and end user by LiteLLM's names", () => {
  const headers = limitHeaders({
    limits: 'exact',
    scopeVerdicts: [
      {
        kind: 'api_key',
        code: 'fits',
        state: { limitRequests: 60, remainingRequests: 59, limitTokens: 1_000, remainingTokens: 0 },
      },
      { kind: 'team', code: 'fits', state: { limitRequests: 600, remainingRequests: 599 } },
      { kind: 'end_user', code: 'parallel', state: {} },
    ],
  });
  expect(headers).toEqual({
    'x-signalbox-limits': 'exact',
    'x-ratelimit-api_key-limit-requests': '60',
    'x-ratelimit-api_key-remaining-requests': '59',
    'x-ratelimit-api_key-limit-tokens': '1000',
    'x-ratelimit-api_key-remaining-tokens': '0',
    'x-ratelimit-team-limit-requests': '600',
    'x-ratelimit-team-remaining-requests': '599',
  });
});

it('tells the budget of the key, and of nobody else', () => {
  const budget = { maxNanoDollars: 5_000_000_000, spentNanoDollars: 25_000 };
  const told = (kind: 'api_key' | 'team') =>
    limitHeaders({ scopeVerdicts: [{ kind, code: 'fits', state: { budget } }] });
  expect(told('api_key')).toEqual({
    'x-litellm-key-max-budget': '5',
    'x-litellm-key-spend': '0.000025',
  });
  expect(told('team')).toEqual({});
});

it("tells what is left of a key's limits for a model, also by LiteLLM's headers named after it", () => {
  const state = { limitRequests: 3, remainingRequests: 2, limitTokens: 50, remainingTokens: 40 };
  const told = (modelGroup: string) =>
    limitHeaders({ modelGroup, scopeVerdicts: [{ kind: 'model_per_key', code: 'fits', state }] });
  expect(told('gpt-4.1')).toMatchObject({
    'x-ratelimit-model_per_key-remaining-requests': '2',
    'x-litellm-key-remaining-requests-gpt-4.1': '2',
    'x-litellm-key-remaining-tokens-gpt-4.1': '40',
  });
  expect(Object.keys(told('openai/*')).filter((name) => name.includes('litellm'))).toEqual([]);
});

it('tells nothing of tags, of which a call may have many', () => {
  const state = { limitRequests: 60, remainingRequests: 59 };
  expect(limitHeaders({ scopeVerdicts: [{ kind: 'tag', code: 'fits', state }] })).toEqual({});
});

it('tells nothing where no limits were asked for', () => {
  expect(limitHeaders({})).toEqual({});
});
