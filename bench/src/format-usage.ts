import { formatTable } from './format-table.js';
import { machineFacts } from './machine-facts.js';
import { usageRoles, type UsageResults } from './measure-usage.js';
import { RECORDS_PER_BATCH } from './usage-events.js';

/** The page about the usage service, as bench/usage.md has it. */
export function formatUsage({ events, runs, away }: UsageResults): string {
  const rows = runs.map(({ name, replicas, events: measured, elapsedMs, cpuPerEvent }) => [
    name,
    String(replicas),
    Math.round((measured * 1_000) / elapsedMs).toLocaleString('en'),
    ...usageRoles.map((role) => (cpuPerEvent[role] ?? Number.NaN).toFixed(0)),
  ]);
  const { present, away: absent } = away.gateway;
  return [
    '# How fast usage is written down',
    `Made by \`npm run bench -- --usage\` on ${new Date().toISOString().slice(0, 10)}. A stream is filled with ${events.toLocaleString('en')} events, ` +
      `${RECORDS_PER_BATCH} in a message, of 1,000 keys, 50 teams, 5,000 end users and 20 deployments; then the usage service is started and works it off. ` +
      'The first tenth is left out. Attempts are done when both Redis and the ledger have them.',
    formatTable(['machine', ''], Object.entries(machineFacts({}))),
    '## Working off a full stream: events per second, processor microseconds per event',
    formatTable(['events', 'replicas', 'events/s', ...usageRoles], rows),
    'All processes share the processors above: where these are busy with one replica, two are hardly faster. What two replicas take together per event ' +
      'shows what sharing the work costs.',
    '## Calls while the usage service is away',
    `Windows in turns, ${away.rounds} of each: the gateway takes ${present.toFixed(0)} processor microseconds per call while the usage service is there, ` +
      `${absent.toFixed(0)} while it is stopped (x ${(absent / present).toFixed(2)}). ` +
      `Of ${away.answered.toLocaleString('en')} calls that were answered, ${away.counted.toLocaleString('en')} attempts were counted once it was back.`,
  ].join('\n\n');
}
