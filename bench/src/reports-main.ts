import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatTable } from './format-table.js';
import { machineFacts } from './machine-facts.js';
import { measureReports } from './measure-reports.js';

// `npm run bench -- --reports`: how long reports over a full ledger take.

const PUBLISHED_ATTEMPTS = 10_000_000;
const output = fileURLToPath(new URL('../reports.md', import.meta.url));
const { values } = parseArgs({
  options: {
    reports: { type: 'boolean' },
    attempts: { type: 'string' },
    days: { type: 'string', default: '90' },
  },
});
const attempts = Number(values.attempts ?? PUBLISHED_ATTEMPTS);

try {
  const { times, days, filledInMs } = await measureReports(attempts, Number(values.days), (text) => {
    process.stdout.write(`  ${text}\n`);
  });
  const page = [
    '# Reports over a full ledger',
    `Made by \`npm run bench -- --reports\` on ${new Date().toISOString().slice(0, 10)}: ${attempts.toLocaleString('en')} attempts over ` +
      `${days} days, of 1,000 keys, 50 teams, 400 users, 20 models and 5,000 end users, made in ${Math.round(filledInMs / 1_000)} s. ` +
      'Each report is asked for eight times through the gateway, from the request until its last byte; the first is left out.',
    formatTable(
      ['machine', ''],
      Object.entries(machineFacts({})).map(([name, fact]) => [name, fact]),
    ),
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
  if (attempts === PUBLISHED_ATTEMPTS) await writeFile(output, `${page}\n`);
  process.stdout.write(`\n${page}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
