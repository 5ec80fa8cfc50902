import { describe, expect, it } from 'vitest';
import { noLimits } from '../limits/limit-columns.js';
import { temporaryBudgetColumns, withTemporaryBudget } from './temporary-budget.js';

describe('a temporary increase', () => {
  const expiry = new Date('2027-01-15T00:00:00Z');
  const columns = { tempBudgetIncreaseNanoDollars: 500n, tempBudgetExpiry: expiry };
  const limits = { ...noLimits, maxBudgetNanoDollars: 1_000n };

  it('holds until its end, which is told', () => {
    expect(withTemporaryBudget(limits, columns, expiry.getTime() - 1)).toEqual({
      limits: { ...limits, maxBudgetNanoDollars: 1_500n },
      changesAt: expiry.getTime(),
    });
    expect(withTemporaryBudget(limits, columns, expiry.getTime())).toEqual({ limits });
  });

  it('makes no budget where there is none', () => {
    expect(withTemporaryBudget(noLimits, columns, 0)).toEqual({ limits: noLimits });
  });

  it.each([
    ['2027-01-15', expiry],
    ['2027-01-15T00:00:00', expiry],
    ['2027-01-15T01:00:00+01:00', expiry],
    ['2027-01-15T00:00:00.000Z', expiry],
  ])('ends at %s', (text, moment) => {
    expect(temporaryBudgetColumns({ temp_budget_increase: 5, temp_budget_expiry: text })).toEqual({
      tempBudgetIncreaseNanoDollars: 5_000_000_000n,
      tempBudgetExpiry: moment,
    });
  });

  it('is set and cleared as a whole', () => {
    expect(temporaryBudgetColumns({})).toEqual({});
    const cleared = { tempBudgetIncreaseNanoDollars: null, tempBudgetExpiry: null };
    expect(temporaryBudgetColumns({ temp_budget_increase: null })).toEqual(cleared);
    for (const half of [{ temp_budget_increase: 5 }, { temp_budget_expiry: '2027-01-15' }]) {
      expect(() => temporaryBudgetColumns(half)).toThrow('must be set together');
    }
  });
});
