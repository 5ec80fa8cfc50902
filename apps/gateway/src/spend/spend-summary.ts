import { dollars, grouped, total, type SpendRow } from './spend-rows.js';

type Row = SpendRow<'day' | 'key_hash' | 'user_id' | 'model_group'>;

/** LiteLLM's `/spend/logs` of a range of days: each day with what its keys, users and models spent. */
export function spendSummary(rows: readonly Row[]): object[] {
  return [...grouped(rows, ({ day }) => day)].map(([day, ofDay]) => {
    const sums = total(ofDay);
    return {
      startTime: day,
      spend: dollars(sums),
      unpriced_attempts: sums.unpriced_attempts,
      users: spendBy(ofDay, (row) => row.user_id),
      models: spendBy(ofDay, (row) => row.model_group),
      ...spendBy(ofDay, (row) => row.key_hash),
    };
  });
}

function spendBy(rows: readonly Row[], idOf: (row: Row) => string): Record<string, number> {
  const groups = [...grouped(rows, idOf)].filter(([id]) => id !== '');
  return Object.fromEntries(groups.map(([id, some]) => [id, dollars(total(some))]));
}
