import { expect, it } from 'vitest';
import { changedFields } from './changed-fields.js';

it('finds what is other, and no difference between nothing and empty', () => {
  const present = {
    alias: null,
    models: [],
    metadata: { a: { b: [1] } },
    rpm_limit: 5,
    max_budget: null,
    more: 1,
  };
  const same = { alias: undefined, models: null, metadata: { a: { b: [1] } }, blocked: false };
  expect(changedFields(present, same)).toEqual({});
  expect(changedFields(present, { ...same, rpm_limit: null, max_budget: 0 })).toEqual({
    rpm_limit: null,
    max_budget: 0,
  });
});

it('lets an element of a list say more than was asked for, and an object no more', () => {
  const limit = { budget_duration: '1d', max_budget: 1 };
  const present = {
    budget_limits: [{ ...limit, reset_at: 'tomorrow' }],
    metadata: { a: 1, b: 2 },
    models: ['x'],
  };
  expect(changedFields(present, { budget_limits: [limit], metadata: { a: 1 }, models: ['x', 'y'] })).toEqual({
    metadata: { a: 1 },
    models: ['x', 'y'],
  });
  expect(changedFields(present, { budget_limits: [{ ...limit, max_budget: 2 }] })).toHaveProperty(
    'budget_limits',
  );
});
