import { formatTable } from './format-table.js';
import type { ChangeResults } from './measure-changes.js';

/** Writes the section about the speed of changes. */
export function formatChanges({ gateways, rounds, loadPerSecond, times }: ChangeResults): string {
  const rows = times.map(({ name, samples, p50, p99, longest, staleCalls }) => [
    name,
    String(samples),
    ...[p50, p99, longest].map((value) => value.toFixed(1)),
    String(staleCalls),
  ]);
  return [
    '## Changes: milliseconds until every gateway goes by them',
    formatTable(['change', 'samples', 'p50', 'p99', 'longest', 'calls answered by the old state'], rows),
    `From the answer to the admin call to the end of the first call that shows the change, at each of ${gateways} gateways, ${rounds} times, ` +
      `while they served ${loadPerSecond.toFixed(0)} other calls a second. Such a call itself takes most of that time. The promise is 1,000 ms.`,
  ].join('\n\n');
}
