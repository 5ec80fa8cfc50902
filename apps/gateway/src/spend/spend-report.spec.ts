import type { Names } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { spendReport, spendReportTable } from './spend-report.js';
import { total } from './spend-rows.js';

const sums = (nanoDollars: number, unpriced = 0) => ({
  ...total([]),
  attempts: 2,
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
  nano_dollars: nanoDollars,
  unpriced_attempts: unpriced,
});
const names: Names = {
  keys: { k1: { key_name: 'sk-...1', key_alias: 'ci', team_id: 't1', user_id: null } },
  teams: { t1: { team_alias: 'Prod Team' } },
  users: {},
};
const row = (day: string, team: string, model: string, nanoDollars: number, unpriced = 0) => ({
  day,
  team_id: team,
  subject: 'ann',
  key_hash: 'k1',
  model_group: model,
  sums: sums(nanoDollars, unpriced),
});
const rows = [
  row('2026-11-20', '', 'gpt-4', 1_000_000),
  row('2026-11-20', 't1', 'gpt-4', 2_000_000_000),
  row('2026-11-20', 't1', 'o1', 500_000_000, 1),
  row('2026-11-21', 't2', 'gpt-4', 0, 2),
];

it('has days, in each the teams by name, and in each the models and keys', () => {
  expect(spendReport('team', rows, names)).toMatchObject([
    {
      group_by_day: '2026-11-20T00:00:00+00:00',
      teams: [
        { team_name: null, team_id: null, total_spend: 0.001 },
        {
          team_name: 'Prod Team',
          team_id: 't1',
          total_spend: 2.5,
          unpriced_attempts: 1,
          metadata: [
            { model: 'gpt-4', api_key: 'k1', spend: 2, total_tokens: 15, unpriced_attempts: 0 },
            { model: 'o1', api_key: 'k1', spend: 0.5, total_tokens: 15, unpriced_attempts: 1 },
          ],
        },
      ],
    },
    {
      group_by_day: '2026-11-21T00:00:00+00:00',
      teams: [{ team_name: 't2', total_spend: 0, unpriced_attempts: 2 }],
    },
  ]);
});

it('has the same by customer and by model', () => {
  expect(spendReport('customer', rows, names)).toMatchObject([
    { customers: [{ customer: 'ann', total_spend: 2.501 }] },
    { customers: [{ customer: 'ann', total_spend: 0 }] },
  ]);
  expect(spendReport('model', rows, names)).toMatchObject([
    {
      models: [
        { model: 'gpt-4', total_spend: 2.001 },
        { model: 'o1', total_spend: 0.5 },
      ],
    },
    { models: [{ model: 'gpt-4', total_spend: 0 }] },
  ]);
});

it('has of a key all days together, and its models', () => {
  expect(spendReport('api_key', rows.slice(0, 1), names)).toEqual([
    {
      api_key: 'k1',
      total_cost: 0.001,
      total_input_tokens: 10,
      total_output_tokens: 5,
      unpriced_attempts: 0,
      model_details: [
        {
          model: 'gpt-4',
          total_cost: 0.001,
          total_input_tokens: 10,
          total_output_tokens: 5,
          unpriced_attempts: 0,
        },
      ],
    },
  ]);
});

it('has a line for each detail as a table', () => {
  expect(spendReportTable('team', rows.slice(1, 2), names)).toEqual([
    {
      day: '2026-11-20',
      team_id: 't1',
      team_name: 'Prod Team',
      api_key: 'k1',
      key_alias: 'ci',
      model: 'gpt-4',
      attempts: 2,
      failed_attempts: 0,
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      cached_tokens: 0,
      cache_written_tokens: 0,
      reasoning_tokens: 0,
      spend: 2,
      unpriced_attempts: 0,
    },
  ]);
});
