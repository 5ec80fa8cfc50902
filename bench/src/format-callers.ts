import { formatTable } from './format-table.js';
import { callerRoles, type CallerCost } from './measure-callers.js';

/** Writes the section about who calls. */
export function formatCallers(costs: readonly CallerCost[]): string {
  const base = costs[0]?.cpuSum ?? Number.NaN;
  const rows = costs.map(({ name, inPostgres, cpuPerCall, cpuSum, questionsPerCall }) => [
    name,
    inPostgres.toLocaleString('en'),
    ...callerRoles.map((role) => (cpuPerCall[role] ?? Number.NaN).toFixed(0)),
    cpuSum.toFixed(0),
    (cpuSum / base).toFixed(2),
    questionsPerCall.toFixed(2),
  ]);
  return [
    '## Who calls: processor microseconds per call',
    formatTable(
      ['calls of', 'keys, and end users, in Postgres', ...callerRoles, 'sum', 'x first row', 'questions'],
      rows,
    ),
    'Each key calls for an end user of its own. A question is a round trip on the bus to the identity service, which looks into Postgres: none for whom the gateway knows, ' +
      'one for the key and one for the end user of a caller never seen. ' +
      `Sums over ${costs[0]?.calls ?? 0} calls per row, by a client that does not saturate: compare rows, not with the tables above.`,
  ].join('\n\n');
}
