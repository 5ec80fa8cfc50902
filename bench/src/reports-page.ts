import { formatTable } from './format-table.js';
import { machineFacts } from './machine-facts.js';
import type { ReportResults } from './measure-reports.js';

/** The page about reports, as bench/reports.md has it. */
export function reportsPage({ attempts, days, filledInMs, times }: ReportResults): string {
  return [
    '# Reports over a full ledger',
    `Made by \`npm run bench -- --reports\` on ${new Date().toISOString().slice(0, 10)}: ${attempts.toLocaleString('en')} attempts over ` +
      `${days} days, of 1,000 keys, 50 teams, 400 users, 20 models and 5,000 end users, made in ${Math.round(filledInMs / 1_000)} s. ` +
      'Each report is asked for eight times through the gateway, from the request until its last byte; the first is left out.',
    formatTable(['machine', ''], Object.entries(machineFacts({}))),
    formatTable(
      ['report', 'median ms', 'slowest ms', 'kB'],
      times.map((time) => [
        `\`${time.path}\``,
        time.medianMs.toFixed(0),
        time.slowestMs.toFixed(0),
        time.kilobytes.toFixed(0),
      ]),
    ),
  ].join('\n\n');
}
