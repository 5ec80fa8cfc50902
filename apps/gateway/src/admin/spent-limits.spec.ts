import { describe, expect, it } from 'vitest';
import { exampleBudget } from './budget-bodies.js';
import { withoutLimits } from './example-limits.js';
import { budgetDurations, spentDollars } from './spent-limits.js';

const limit = (duration: string) => ({ budget_duration: duration, max_budget: 1, reset_at: '' });

describe('what is spent of a record', () => {
  it('is asked of each window once, and of none where there is no budget', () => {
    const limits = [limit('1d'), limit('1h')];
    const daily = { ...withoutLimits, max_budget: 5, budget_duration: '1d', budget_limits: limits };
    expect(budgetDurations(daily)).toEqual(['1d', '1h']);
    expect(budgetDurations({ ...withoutLimits, budget_duration: '1d' })).toEqual([]);
    expect(budgetDurations({ ...withoutLimits, litellm_budget_table: exampleBudget })).toEqual(['30d']);
  });

  it('stands with the budget and with each of the further ones', () => {
    const limits = { ...withoutLimits, max_budget: 5, budget_limits: [limit('1d'), limit('1h')] };
    expect(spentDollars(limits, [3e9, 2e9, 1e9], null)).toEqual({
      spend: 3,
      budget_limits_usage: { '1d': { current_spend: 2 }, '1h': { current_spend: 1 } },
    });
    expect(spentDollars({ ...withoutLimits, max_budget: 5 }, [3e9], null)).toEqual({ spend: 3 });
  });

  it('is what the ledger has where there is no budget, whatever further ones there are', () => {
    expect(spentDollars(withoutLimits, [], 7e9)).toEqual({ spend: 7 });
    expect(spentDollars({ ...withoutLimits, budget_limits: [limit('1d')] }, [2e9], 7e9)).toEqual({
      spend: 7,
      budget_limits_usage: { '1d': { current_spend: 2 } },
    });
  });

  it('is null, and never zero, while nobody knows', () => {
    const limits = { ...withoutLimits, max_budget: 5, budget_limits: [limit('1d')] };
    expect(spentDollars(limits, [null, null], null)).toEqual({
      spend: null,
      budget_limits_usage: { '1d': { current_spend: null } },
    });
    expect(spentDollars(withoutLimits, [], null)).toEqual({ spend: null });
  });
});
