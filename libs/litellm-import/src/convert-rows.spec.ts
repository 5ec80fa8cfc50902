// Nothing is real: rows as Postgres gives them.
import { describe, expect, it } from 'vitest';
import { endUsers } from './end-users.js';
import { keys } from './keys.js';
import { memberPlace, members } from './members.js';
import { sharedBudgets } from './shared-budgets.js';
import { tags } from './tags.js';
import { teams } from './teams.js';
import { users } from './users.js';

const byModel = { 'gpt-4o': { budget_limit: 1, time_period: '1d' } };
const tight = { max_budget: 0.25, budget_duration: '1d', rpm_limit: 3, model_max_budget: byModel };
const budgets = new Map([['tight', tight]]);
const token = 'ab'.repeat(32);
const now = Date.parse('2026-11-21T10:00:00Z');
const keyOf = (row: object, skippedUsers = new Set<string>()) =>
  keys({ budgets, skippedUsers, now }).convert({ token, ...row });
const teamOf = (row: object, skippedUsers = new Set<string>()) =>
  teams({
    budgets,
    aliases: new Map([['7', '{"cheap":"gpt-4o"}']]),
    places: new Set(),
    skippedUsers,
  }).convert({
    team_id: 'red',
    ...row,
  });

describe('an end user', () => {
  it('holds its budget, and the budget no longer there not', () => {
    expect(endUsers(budgets).convert({ user_id: 'ishaan', budget_id: 'tight' })).toMatchObject({
      id: 'ishaan',
      fields: { budget_id: 'tight', max_budget: null, rpm_limit: null, model_max_budget: byModel },
    });
    expect(endUsers(budgets).convert({ user_id: 'ishaan', budget_id: 'gone' })).toMatchObject({
      fields: { budget_id: null },
    });
  });

  it('is blocked rather than free when its record cannot be taken', () => {
    const odd = new Map([['odd', { model_max_budget: { 'gpt-4o': { budget_limit: 'much' } } }]]);
    expect(endUsers(odd).convert({ user_id: 'ishaan', budget_id: 'odd' })).toMatchObject({
      fields: { blocked: true },
      remarks: [expect.stringContaining('model_max_budget')],
    });
  });
});

describe('a tag', () => {
  it('has the limits of its budget as its own', () => {
    expect(tags(budgets).convert({ tag_name: 'ops', budget_id: 'tight' })).toMatchObject({
      id: 'ops',
      fields: { description: null, max_budget: 0.25, budget_duration: '1d', rpm_limit: 3 },
    });
  });
});

describe('a budget', () => {
  it('is shared as it is; one that binds to zero is skipped, and its holders are with it', () => {
    expect(sharedBudgets.convert({ budget_id: 'tight', ...tight })).toMatchObject({
      id: 'tight',
      fields: { max_budget: 0.25, budget_duration: '1d', rpm_limit: 3 },
    });
    expect(sharedBudgets.convert({ budget_id: 'zero', rpm_limit: 0 })).toHaveProperty('skipped');
  });
});

describe('a user', () => {
  it('loses a role that nobody knows, and gets none in its place', () => {
    expect(users().convert({ user_id: 'ann', user_role: 'emperor' })).toMatchObject({
      fields: { user_role: null },
      remarks: [expect.stringContaining('emperor')],
    });
  });

  it('is skipped with its id when it cannot be taken, so that its keys are too', () => {
    expect(users().convert({ user_id: 'ann', max_budget: -1 })).toMatchObject({
      id: 'ann',
      skipped: expect.stringContaining('max_budget') as string,
    });
  });
});

describe('a team', () => {
  it('has the aliases of the row that it names, also where they are a text', () => {
    expect(teamOf({ model_id: 7 })).toMatchObject({ fields: { model_aliases: { cheap: 'gpt-4o' } } });
  });

  it('has its members from the newer and the older columns, each once, and none who was skipped', () => {
    const row = {
      members_with_roles: [
        { role: 'user', user_id: 'bob' },
        { role: 'user', user_id: 'cold' },
      ],
      admins: ['ann', 'bob'],
    };
    expect(teamOf(row, new Set(['cold']))).toMatchObject({
      fields: {
        members_with_roles: [
          { role: 'admin', user_id: 'ann' },
          { role: 'user', user_id: 'bob' },
        ],
      },
      remarks: ['without its member cold, who was skipped'],
    });
  });

  it('gives each member the limits of the budget that its metadata names', () => {
    expect(teamOf({ metadata: { team_member_budget_id: 'tight' } })).toMatchObject({
      fields: { team_member_rpm_limit: 3, team_member_tpm_limit: null },
    });
  });
});

describe('a member', () => {
  it('is told apart whatever its ids hold', () => {
    expect(memberPlace('a', 'b/c')).not.toBe(memberPlace('a/b', 'c'));
  });

  it('must stand in its team', () => {
    const kind = members({ budgets, places: new Set([memberPlace('red', 'ann')]) });
    expect(kind.convert({ team_id: 'red', user_id: 'ann', budget_id: 'tight' })).toMatchObject({
      fields: { rpm_limit: 3, tpm_limit: null },
    });
    expect(kind.convert({ team_id: 'red', user_id: 'bob' })).toHaveProperty('skipped');
  });
});

describe('a key', () => {
  it('has its own budget with its own window, and what it lacks from the budget it names, or holds that one', () => {
    expect(keyOf({ budget_id: 'tight', max_budget: 9 })).toMatchObject({
      fields: { max_budget: 9, budget_duration: null, rpm_limit: 3, budget_id: null },
    });
    expect(keyOf({ budget_id: 'tight', rpm_limit: 5 })).toMatchObject({
      fields: { max_budget: null, budget_duration: null, rpm_limit: 5, budget_id: 'tight' },
    });
  });

  it('has the limits of single models from its column and its metadata', () => {
    expect(
      keyOf({ model_max_budget: byModel, metadata: { model_rpm_limit: { 'gpt-4o': 5 } } }),
    ).toMatchObject({
      fields: { model_max_budget: byModel, model_rpm_limit: { 'gpt-4o': 5 } },
    });
  });

  it('has several budgets at once, as a list or as the text of one', () => {
    const limits = [{ budget_duration: '1d', max_budget: 1, reset_at: '2026-11-22' }];
    for (const budget_limits of [limits, JSON.stringify(limits)])
      expect(keyOf({ budget_limits })).toMatchObject({
        fields: { budget_limits: [{ budget_duration: '1d', max_budget: 1 }] },
      });
  });

  it('ends when it did there, in UTC', () => {
    expect(keyOf({ expires: '2027-06-30T12:00:00.5' })).toMatchObject({
      fields: { expires: '2027-06-30T12:00:00.500Z' },
    });
  });

  it.each([
    [{ token: 'sk-in-clear' }, 'what stands for it is no sha-256'],
    [{ expires: '2026-11-21T09:59:59' }, 'it ended on 2026-11-21T09:59:59.000Z'],
    [{ user_id: 'cold' }, 'its user "cold" was skipped'],
    [{ rpm_limit: 0 }, 'rpm_limit: must be a positive whole number, or null for no limit'],
    [{ max_budget: 1, budget_duration: 'sometimes' }, expect.stringContaining('budget_duration') as string],
  ])('with %j is skipped', (row, skipped) => {
    expect(keyOf(row, new Set(['cold']))).toMatchObject({ skipped });
  });

  it('shares its alias with nobody: the first has it', () => {
    const kind = keys({ budgets, skippedUsers: new Set(), now });
    expect(kind.convert({ token, key_alias: 'ci' })).toMatchObject({
      fields: { key_alias: 'ci' },
      remarks: [],
    });
    expect(kind.convert({ token: 'cd'.repeat(32), key_alias: 'ci' })).toMatchObject({
      fields: { key_alias: null },
      remarks: ['without its alias "ci", which another one has'],
    });
  });

  it('that stands in clear is named by nothing', () => {
    expect(JSON.stringify(keyOf({ token: 'sk-in-clear' }))).not.toContain('in-clear');
  });
});
