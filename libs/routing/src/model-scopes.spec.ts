import type { LimitScope } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conclude } from './conclude.js';
import { judge } from './judge.js';
import { withModelScopes } from './model-scopes.js';
import { aCatalog, aDeployment, aRouteRequest } from './testing-builders.js';

const key = { kind: 'api_key', id: 'k' } as const;

function scopesOf(
  scopes: LimitScope[],
  name = 'gpt-4',
  modelGroup = name,
  previous?: string,
): LimitScope[] | undefined {
  const before = { attemptId: 'before', tokens: 0, modelGroup: previous };
  const request = aRouteRequest({ scopes, ...(previous !== undefined && { previous: before }) });
  return withModelScopes(request, name, modelGroup).scopes;
}

describe('limits of single models', () => {
  it('are scopes of their own, beside those for all models', () => {
    const models = { 'gpt-4': { rpm: 1 }, other: { rpm: 2 } };
    expect(
      scopesOf([
        { ...key, rpm: 9, models },
        { kind: 'team', id: 't', tpm: 5 },
      ]),
    ).toEqual([
      { ...key, rpm: 9 },
      { kind: 'model_per_key', id: '["k","gpt-4"]', rpm: 1 },
      { kind: 'team', id: 't', tpm: 5 },
    ]);
  });

  it('leave nothing of who has no others and asks for another model', () => {
    expect(scopesOf([{ ...key, models: { other: { tpm: 1 }, constructor: { tpm: 1 } } }])).toEqual([]);
    expect(scopesOf([{ ...key, models: {} }], 'constructor')).toEqual([]);
  });

  it('are those of the name, and where it has none those of the wildcard it matched', () => {
    const models = { 'openai/*': { rpm: 1 }, 'openai/gpt-4o': { rpm: 2 } };
    const rpmOf = (name: string) =>
      scopesOf([{ ...key, models }], name, 'openai/*')?.map(({ id, rpm }) => [id, rpm]);
    expect(rpmOf('openai/gpt-4o')).toEqual([['["k","openai/gpt-4o"]', 2]]);
    expect(rpmOf('openai/o1')).toEqual([['["k","openai/*"]', 1]]);
  });

  it('leave every other limit as it is, and give no two scopes one name', () => {
    const limits = fc.record({ rpm: fc.option(fc.integer({ min: 1 }), { nil: undefined }) });
    const model = fc.constantFrom('a', 'b', 'a*', '["k","a"]');
    const kinds = fc.constantFrom<LimitScope['kind'][]>(
      'api_key',
      'user',
      'team',
      'team_member',
      'end_user',
      'tag',
    );
    const scope = fc.record({
      kind: kinds,
      id: fc.constantFrom('k', 'k","a', '["k","a"]'),
      rpm: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
      models: fc.option(fc.dictionary(model, limits), { nil: undefined }),
    });
    const scopes = fc.uniqueArray(scope, { selector: ({ kind, id }) => `${kind} ${id}` });
    fc.assert(
      fc.property(scopes, model, model, (asked, name, modelGroup) => {
        const given = scopesOf(asked, name, modelGroup) ?? [];
        expect(new Set(given.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(given.length);
        const ofAll = (list: readonly LimitScope[]) =>
          list
            .filter(({ kind, rpm }) => !kind.startsWith('model_per_') && rpm !== undefined)
            .map(({ kind, id, rpm }) => ({ kind, id, rpm }));
        expect(ofAll(given)).toEqual(ofAll(asked));
      }),
    );
  });

  it('count a call once at each model it is tried at', () => {
    const scopes: LimitScope[] = [{ ...key, rpm: 9, models: { 'gpt-4': { rpm: 1 } } }];
    const anew = (previous?: string) =>
      scopesOf(scopes, 'gpt-4', 'gpt-4', previous)?.map(({ countsAnew }) => countsAnew);
    expect(anew()).toEqual([undefined, undefined]);
    expect(anew('gpt-4')).toEqual([undefined, undefined]);
    expect(anew('gpt-3')).toEqual([undefined, true]);
  });

  it('hold for the model behind all aliases, and are named by what the client said', () => {
    const catalog = aCatalog([aDeployment({ id: 'one', modelGroup: 'gpt-4' })], {
      groupAliases: { big: { model: 'gpt-4', hidden: false } },
    });
    const request = aRouteRequest({
      model: 'large',
      keyAliases: { large: 'big' },
      scopes: [{ ...key, models: { 'gpt-4': { rpm: 1 }, large: { rpm: 2 }, big: { rpm: 3 } } }],
    });
    const judgement = judge(catalog, request, { learnedRegion: () => undefined });
    expect(judgement.request.scopes).toEqual([{ kind: 'model_per_key', id: '["k","gpt-4"]', rpm: 1 }]);
    const told = (code: 'rpm' | 'budget', state: object) =>
      conclude(judgement, {
        verdicts: [{ id: 'one', code: 'eligible' }],
        scopeVerdicts: [{ kind: 'model_per_key', code, state }],
      });
    expect(told('rpm', { limitRequests: 1, remainingRequests: 0 })).toMatchObject({
      fault: {
        code: 'caller_limit_exceeded',
        message:
          'Rate limit exceeded for model_per_key: large. Limit type: requests. Current limit: 1, Remaining: 0.',
      },
    });
    const budget = { maxNanoDollars: 10_000_000, spentNanoDollars: 11_000_000, duration: '1d' };
    expect(told('budget', { budget })).toMatchObject({
      fault: {
        code: 'budget_exceeded',
        message:
          'Budget has been exceeded! Model=large Current cost: 0.011, Max budget: 0.01 (model_per_key, 1d).',
      },
    });
  });

  it('need a known price where they are budgets', () => {
    const catalog = aCatalog([
      aDeployment({ id: 'one', modelGroup: 'gpt-4' }),
      aDeployment({ id: 'other', modelGroup: 'other' }),
    ]);
    const models = { 'gpt-4': { budgets: [{ maxNanoDollars: 5 }] } };
    const kindOf = (model: string) =>
      judge(catalog, aRouteRequest({ model, scopes: [{ ...key, models }] }), {
        learnedRegion: () => undefined,
      }).kind;
    expect([kindOf('gpt-4'), kindOf('other')]).toEqual(['refused', 'open']);
  });
});
