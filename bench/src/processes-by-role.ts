import { readFileSync } from 'node:fs';
import { processTree } from './processor-time.js';

/** What a process shows of itself in its command line, by role. */
const marks = {
  gateway: 'apps/gateway/dist/main.js',
  router: 'apps/router/dist/main.js',
  usage: 'apps/usage/dist/main.js',
  identity: 'apps/identity/dist/main.js',
  nats: 'nats-server',
  redis: 'redis-server',
  postgres: 'postgres',
} as const;

export type Role = keyof typeof marks;

/** The processes that this one started, by role. Throws when a role has none. */
export function processesByRole<Wanted extends Role>(wanted: readonly Wanted[]): Record<Wanted, number[]> {
  const lines = processTree(process.pid).map((pid) => ({ pid, commandLine: commandLineOf(pid) }));
  const found = wanted.map((role): [Wanted, number[]] => {
    const pids = lines.filter(({ commandLine }) => commandLine.includes(marks[role])).map(({ pid }) => pid);
    return [role, pids];
  });
  const missing = found.filter(([, pids]) => pids.length === 0).map(([role]) => role);
  if (missing.length > 0) throw new Error(`no process was found for ${missing.join(', ')}`);
  return Object.fromEntries(found) as Record<Wanted, number[]>;
}

/** Empty when it has ended meanwhile. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
