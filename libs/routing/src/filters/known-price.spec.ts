import { expect, it } from 'vitest';
import { judge } from '../judge.js';
import { aCatalog, aDeployment, aRouteRequest } from '../testing-builders.js';

const priced = aDeployment({ id: 'priced', inputCostPerToken: 0, outputCostPerToken: 0.1 });
const halfPriced = aDeployment({ id: 'half', inputCostPerToken: 0.1 });
const withBudget = { scopes: [{ kind: 'team' as const, id: 't', budgets: [{ maxNanoDollars: 5 }] }] };
const facts = { learnedRegion: () => undefined };

const candidates = (words: Parameters<typeof aRouteRequest>[0], rules = {}) => {
  const judgement = judge(aCatalog([halfPriced, priced], rules), aRouteRequest(words), facts);
  return judgement.kind === 'open'
    ? judgement.tiers.flat().map(({ deployment: { id } }) => id)
    : judgement.fault;
};

it('leaves out deployments of unknown price for callers with a budget, and for nobody else', () => {
  expect(candidates(withBudget)).toEqual(['priced']);
  expect(candidates({ scopes: [{ kind: 'team', id: 't', rpm: 5 }] })).toEqual(['half', 'priced']);
  expect(candidates({})).toEqual(['half', 'priced']);
  const soft = [{ kind: 'team' as const, id: 't', budgets: [{ softNanoDollars: 5 }] }];
  expect(candidates({ scopes: soft })).toEqual(['half', 'priced']);
});

it('needs the price of those sides only that have tokens', () => {
  expect(candidates({ ...withBudget, outputTokens: 0 })).toEqual(['half', 'priced']);
});

it('lets all pass where what nobody can price is served unbilled', () => {
  expect(candidates(withBudget, { unknownPrices: 'serve_unbilled' })).toEqual(['half', 'priced']);
});

it('says what to do when no price is known', () => {
  const judgement = judge(aCatalog([halfPriced]), aRouteRequest(withBudget), facts);
  expect(judgement).toMatchObject({
    fault: { code: 'price_unknown', message: expect.stringContaining('input_cost_per_token') as string },
  });
});
