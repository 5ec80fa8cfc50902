import { spawn } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { endProcess, identifyProcess, isAlive, type ProcessIdentity } from './process-identity.js';

/** Remembers the processes that were started, so that none outlives its starter. */
export interface ProcessGuard {
  /** From now on the process ends when this one does, however this one ends. */
  watch(pid: number, name: string): Promise<void>;
  /** The process is gone: forget it. */
  forget(pid: number): void;
  /** Everything was stopped in good order: the guard goes too. */
  close(): void;
}

const recordSchema = z.array(z.object({ name: z.string(), pid: z.number(), startedAt: z.string() }));
type ProcessRecord = z.infer<typeof recordSchema>[number];

/**
 * Reads "watch PID" and "forget PID" lines. Its input ends when its starter is gone, also by SIGKILL. The services
 * notice that themselves and get two seconds; then it interrupts what is left (SIGINT is what Postgres calls a
 * fast shutdown) and, five seconds later, kills it.
 */
const watchdogScript = `
trap '' INT TERM HUP
pids=
while read -r action pid; do
  kept=
  for known in $pids; do [ "$known" = "$pid" ] || kept="$kept $known"; done
  pids=$kept
  [ "$action" = watch ] && pids="$pids $pid"
done
[ -n "$pids" ] || exit 0
sleep 2
kill -INT $pids 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
  sleep 0.5
  kill -0 $pids 2>/dev/null || exit 0
done
kill -KILL $pids 2>/dev/null
`;

/**
 * Two safeties against leftovers: a tiny shell process that waits for our end, and a record on disk of what
 * runs (for `stopLeftovers` of the next start, should even the shell have been killed), if a file is given.
 */
export function openProcessGuard(recordFile?: string): ProcessGuard {
  const records = new Map<number, ProcessRecord>();
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  watchdog.unref();
  // A machine without /bin/sh still has the record file.
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);

  return {
    async watch(pid, name) {
      watchdog.stdin.write(`watch ${pid}\n`);
      const identity = await identifyProcess(pid);
      if (identity === undefined) return;
      records.set(pid, { name, ...identity });
      writeRecords(recordFile, records);
    },
    forget(pid) {
      watchdog.stdin.write(`forget ${pid}\n`);
      if (records.delete(pid)) writeRecords(recordFile, records);
    },
    close() {
      watchdog.stdin.end();
      if (records.size === 0 && recordFile !== undefined) rmSync(recordFile, { force: true });
    },
  };
}

let ownGuard: ProcessGuard | undefined;

/** The guard of this process, for servers that nobody else guards (those of tests). */
export function processGuard(): ProcessGuard {
  ownGuard ??= openProcessGuard();
  return ownGuard;
}

/** Ends what an earlier start left running (only exactly those processes). Returns their names. */
export async function stopLeftovers(recordFile: string): Promise<string[]> {
  const stopped: string[] = [];
  for (const { name, ...identity } of readRecords(recordFile)) {
    if (!(await isAlive(identity))) continue;
    await endProcess(identity satisfies ProcessIdentity);
    stopped.push(name);
  }
  rmSync(recordFile, { force: true });
  return stopped;
}

function readRecords(recordFile: string): ProcessRecord[] {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(recordFile, 'utf8')));
  } catch {
    return [];
  }
}

function writeRecords(recordFile: string | undefined, records: ReadonlyMap<number, ProcessRecord>): void {
  if (recordFile === undefined) return;
  writeFileSync(`${recordFile}.new`, `${JSON.stringify([...records.values()], null, 2)}\n`);
  renameSync(`${recordFile}.new`, recordFile);
}
