import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../servers/run-command.js';

/** Names one process for ever: process ids are given out again, a pid with its start time is not. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** The identity of a live process, or `undefined` when there is none with that id (zombies count as none). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === 'linux' ? await startTimeOnLinux(pid) : await startTimeByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether exactly this process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.startedAt === identity.startedAt;
}

/** Asks a process to end, waits `patienceMs`, then ends it. Resolves when it is gone. */
export async function endProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals = 'SIGINT',
  patienceMs = 5_000,
): Promise<void> {
  if (!(await isAlive(identity))) return;
  sendSignal(identity.pid, signal);
  const deadline = performance.now() + patienceMs;
  while (await isAlive(identity)) {
    if (performance.now() > deadline) sendSignal(identity.pid, 'SIGKILL');
    await delay(25);
  }
}

/** Sends a signal; a process that is gone already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function startTimeOnLinux(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The second field is the program's name in brackets and may hold spaces: count from its end. See proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${bootId.trim()}/${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

async function startTimeByPs(pid: number): Promise<string | undefined> {
  const { exitCode, output } = await runCommand('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return exitCode === 0 && output.trim() !== '' ? output.trim() : undefined;
}
