import type { ChildProcess } from 'node:child_process';
import { sendSignal } from './process-identity.js';

/** Resolves when a child is gone, with what is to be said of that. */
export function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `ended with exit code ${code ?? '?'}` : `ended by ${signal}`);
    });
  });
}

/** How a kind of child is asked to end, and how many milliseconds it may take. */
export interface Farewell {
  readonly signal: NodeJS.Signals;
  readonly patienceMs: number;
}

/** Asks a child to end, and ends it when it takes too long. Resolves when `exited` does. */
export async function stopChild(
  pid: number,
  exited: Promise<unknown>,
  { signal, patienceMs }: Farewell,
): Promise<void> {
  sendSignal(pid, signal);
  const killer = setTimeout(() => {
    sendSignal(pid, 'SIGKILL');
  }, patienceMs);
  await exited;
  clearTimeout(killer);
}
