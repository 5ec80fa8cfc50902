import { describe, expect, it } from 'vitest';
import { exampleBudget } from './budget-bodies.js';
import { withoutLimits } from './example-limits.js';
import { budgetDurations, withSpent } from './spent-limits.js';

const bare = { ...withoutLimits, spend: 0 };
const limit = (duration: string) => ({ budget_duration: duration, max_budget: 1, reset_at: '' });

describe('what is spent of a record', () => {
  it('is asked of each window once, and of none where there is no budget', () => {
    const limits = [limit('1d'), limit('1h')];
    const row = { ...bare, max_budget: 5, budget_duration: '1d', budget_limits: limits };
    expect(budgetDurations(row)).toEqual(['1d', '1h']);
    expect(budgetDurations({ ...bare, budget_duration: '1d' })).toEqual([]);
    expect(budgetDurations({ ...bare, litellm_budget_table: exampleBudget })).toEqual(['30d']);
  });

  it('stands with the budget and with each of the further ones', () => {
    const row = { ...bare, max_budget: 5, budget_limits: [limit('1d'), limit('1h')] };
    expect(withSpent(row, [3e9, 2e9, 1e9])).toMatchObject({
      spend: 3,
      budget_limits_usage: { '1d': { current_spend: 2 }, '1h': { current_spend: 1 } },
    });
    expect(withSpent({ ...row, max_budget: null }, [2e9, 1e9])).toMatchObject({
      spend: 0,
      budget_limits_usage: { '1d': { current_spend: 2 } },
    });
    expect(withSpent({ ...bare, max_budget: 5 }, [3e9])).not.toHaveProperty('budget_limits_usage');
  });
});
