import type { Names, ReportDimension, ReportPart } from '@signalbox/contracts';
import type { TableRow } from './csv.js';
import {
  dollars,
  grouped,
  idOrNull,
  keyAlias,
  sumColumns,
  teamName,
  total,
  type SpendRow,
} from './spend-rows.js';

/** `group_by` of LiteLLM's report. */
export const reportGroups = ['team', 'customer', 'api_key', 'model'] as const;
export type ReportGroup = (typeof reportGroups)[number];

type Detail = 'day' | 'team_id' | 'subject' | 'key_hash' | 'model_group';
type DetailRow = SpendRow<Detail>;

interface GroupRules {
  readonly part: ReportPart;
  readonly by: readonly Extract<ReportDimension, Detail>[];
}

/** What a report reads. */
export const groupRules: Readonly<Record<ReportGroup, GroupRules>> = {
  team: { part: 'all', by: ['day', 'team_id', 'key_hash', 'model_group'] },
  customer: { part: 'end_user', by: ['day', 'subject', 'key_hash', 'model_group'] },
  api_key: { part: 'all', by: ['key_hash', 'model_group'] },
  model: { part: 'all', by: ['day', 'model_group', 'key_hash'] },
};

/** LiteLLM's `/global/spend/report`: days, and in each the groups with their details; of keys the keys alone. */
export function spendReport(group: ReportGroup, rows: readonly DetailRow[], names: Names): object[] {
  if (group === 'api_key')
    return [...grouped(rows, (row) => row.key_hash)].map(([, ofKey]) => keyReport(ofKey));
  return [...grouped(rows, ({ day }) => day)].map(([day, ofDay]) => ({
    group_by_day: `${day}T00:00:00+00:00`,
    [listNames[group]]: [...grouped(ofDay, (row) => row[groupColumns[group]])].map(([id, some]) => {
      const sums = total(some);
      return {
        ...groupNames[group](id, names),
        total_spend: dollars(sums),
        unpriced_attempts: sums.unpriced_attempts,
        metadata: some.map(detail),
      };
    }),
  }));
}

/** The same as a table, one line for each detail. */
export function spendReportTable(group: ReportGroup, rows: readonly DetailRow[], names: Names): TableRow[] {
  return rows.map((row) => ({
    ...(group !== 'api_key' && { day: row.day }),
    ...(group === 'team' && { team_id: row.team_id, team_name: teamName(names, row.team_id) }),
    ...(group === 'customer' && { customer: row.subject }),
    api_key: row.key_hash,
    key_alias: keyAlias(names, row.key_hash),
    model: row.model_group,
    ...sumColumns(row.sums),
  }));
}

const listNames = { team: 'teams', customer: 'customers', model: 'models' } as const;
const groupColumns = { team: 'team_id', customer: 'subject', model: 'model_group' } as const;
const groupNames = {
  team: (id: string, names: Names) => ({ team_name: teamName(names, id), team_id: idOrNull(id) }),
  customer: (id: string) => ({ customer: id }),
  model: (id: string) => ({ model: id }),
};

function detail({ model_group: model, key_hash: key, sums }: DetailRow) {
  return {
    model,
    api_key: key,
    spend: dollars(sums),
    total_tokens: sums.total_tokens,
    unpriced_attempts: sums.unpriced_attempts,
  };
}

function keyReport(rows: readonly DetailRow[]) {
  return {
    api_key: rows[0]?.key_hash ?? '',
    ...keyTotals(rows),
    model_details: rows.map((row) => ({ model: row.model_group, ...keyTotals([row]) })),
  };
}

function keyTotals(rows: readonly DetailRow[]) {
  const sums = total(rows);
  return {
    total_cost: dollars(sums),
    total_input_tokens: sums.prompt_tokens,
    total_output_tokens: sums.completion_tokens,
    unpriced_attempts: sums.unpriced_attempts,
  };
}
