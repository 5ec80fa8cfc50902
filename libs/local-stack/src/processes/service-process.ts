import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { z } from 'zod';
import { StackFailure } from '../stack-failure.js';
import { exitOf, stopChild } from './child-end.js';
import { lastWords } from './last-words.js';
import { processGuard, type ProcessGuard } from './process-guard.js';
import { sendSignal } from './process-identity.js';
import { timeUp } from './time-up.js';

/** How to start one process of a service. */
export interface ServiceLaunch {
  service: string;
  /** Which of its replicas, from 1. */
  replica: number;
  /** The folder to run in: the one that holds node_modules. */
  cwd: string;
  /** Arguments of Node: options, the script, its arguments. */
  nodeArguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  logFile: string;
  /** `w` to begin the log anew, `a` to go on. */
  logFlags: 'w' | 'a';
  /** Default: the guard of this process. */
  guard?: ProcessGuard | undefined;
  /** Milliseconds; default 120 000: the first start in a container on a busy machine has taken over 30 s. */
  readyWithinMs?: number;
  /** Ends the wait for readiness, and the process with it. */
  abort?: AbortSignal | undefined;
}

export interface ServiceProcess {
  service: string;
  replica: number;
  pid: number;
  /** Absent for a service without public HTTP. */
  httpPort: number | undefined;
  opsPort: number;
  logFile: string;
  /** Resolves with how it ended, whoever ended it. */
  exited: Promise<string>;
  /** Asks it to end, and ends it after `patienceMs` (default 12 s). Resolves when it is gone. */
  stop(patienceMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

const readyMessage = z.object({
  type: z.literal('signalbox.ready'),
  service: z.string(),
  httpPort: z.number().optional(),
  opsPort: z.number(),
});
type ReadyMessage = z.infer<typeof readyMessage>;

/** Starts a service and resolves when it says that it is ready; a StackFailure tells why it did not get there. */
export async function startServiceProcess(launch: ServiceLaunch): Promise<ServiceProcess> {
  const child = spawnService(launch);
  const exited = exitOf(child);
  const pid = child.pid;
  if (pid === undefined) throw new StackFailure(`${nameOf(launch)} ${await exited}.`);
  const guard = launch.guard ?? processGuard();
  await guard.watch(pid, nameOf(launch));
  void exited.then(() => {
    guard.forget(pid);
  });
  const stop = (patienceMs = 12_000): Promise<void> =>
    stopChild(pid, exited, { signal: 'SIGTERM', patienceMs });

  const readyWithinMs = launch.readyWithinMs ?? 120_000;
  const outcome = await Promise.race([
    readinessOf(child),
    exited,
    timeUp(readyWithinMs),
    interruption(launch.abort),
  ]);
  if (typeof outcome === 'string') {
    await stop();
    const [reason, ...more] = lastWords(launch.logFile);
    const why = reason === undefined ? '' : `: ${reason.replace(/\.$/, '')}`;
    throw new StackFailure(`${nameOf(launch)} ${outcome}${why}.`, [...more, `Its log is ${launch.logFile}.`]);
  }
  return {
    service: launch.service,
    replica: launch.replica,
    pid,
    httpPort: outcome.httpPort,
    opsPort: outcome.opsPort,
    logFile: launch.logFile,
    exited,
    stop,
    kill: (signal) => {
      sendSignal(pid, signal);
    },
  };
}

/** "gateway 2": how messages name a process. */
export function nameOf({ service, replica }: { service: string; replica: number }): string {
  return `${service} ${replica}`;
}

function spawnService(launch: ServiceLaunch): ChildProcess {
  const log = openSync(launch.logFile, launch.logFlags);
  try {
    return spawn(process.execPath, launch.nodeArguments, {
      cwd: launch.cwd,
      env: launch.environment,
      // Ctrl-C in the terminal is for us: we stop the services in order.
      detached: true,
      // The log is the process's own file: nothing is lost when we die first.
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

function readinessOf(child: ChildProcess): Promise<ReadyMessage> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const ready = readyMessage.safeParse(message);
      if (ready.success) resolve(ready.data);
    });
  });
}

function interruption(abort: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve) => {
    const onAbort = (): void => {
      resolve('was interrupted');
    };
    if (abort?.aborted === true) onAbort();
    abort?.addEventListener('abort', onAbort, { once: true });
  });
}
