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
