import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { StackFailure } from '../stack-failure.js';
import { processGuard, type ProcessGuard } from '../processes/process-guard.js';
import { exitOf, stopChild, type Farewell } from '../processes/child-end.js';
import { timeUp } from '../processes/time-up.js';
import { freePort } from './free-port.js';

/** A server on a loopback port, started by us. */
export interface RunningServer {
  name: string;
  url: string;
  port: number;
  pid: number;
  /** Resolves with a sentence when the server ends although nobody asked it to; never rejects. */
  failed: Promise<string>;
  /** Ends the server and resolves when it is gone. May be called again. */
  stop(): Promise<void>;
}

export interface ServerLaunch {
  name: string;
  command: string;
  /** The arguments, once the port is known. */
  commandArguments: (port: number) => readonly string[];
  url: (port: number) => string;
  environment?: Record<string, string>;
  /** The line of the server's own output after which it takes connections. */
  readyLine: RegExp;
  /** The line by which it says that somebody else took the port. */
  portTakenLine: RegExp;
  logFile: string;
  /** A fixed port; without one a free port is taken. */
  port?: number | undefined;
  uid?: number;
  gid?: number;
  /** Default: the guard of this process. */
  guard?: ProcessGuard | undefined;
  /** Milliseconds; default 30 000. */
  readyWithinMs?: number;
}

const portAttempts = 5;
/** SIGINT: a plain stop for NATS and Redis, the fast shutdown of Postgres (SIGTERM would wait for its clients). */
const farewell: Farewell = { signal: 'SIGINT', patienceMs: 8_000 };

/**
 * Starts a server and waits until it says itself that it is ready (another server that answers on the port
 * cannot be mistaken for it). When a free port was taken by somebody in between, tries the next one.
 */
export async function startServerProcess(launch: ServerLaunch): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = launch.port ?? (await freePort());
    const started = await tryPort(launch, port);
    if (started !== 'port taken') return started;
    if (launch.port !== undefined || attempt === portAttempts) {
      throw new StackFailure(`${launch.name} cannot listen on port ${port}: it is in use.`);
    }
  }
}

async function tryPort(launch: ServerLaunch, port: number): Promise<RunningServer | 'port taken'> {
  const child = spawn(launch.command, launch.commandArguments(port), {
    // A process group of its own: Ctrl-C in the terminal must not reach the servers before the services.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...launch.environment },
    cwd: '/',
    ...(launch.uid === undefined ? {} : { uid: launch.uid }),
    ...(launch.gid === undefined ? {} : { gid: launch.gid }),
  });
  const exited = exitOf(child);
  const output = followOutput(child, launch);
  const pid = child.pid;
  if (pid !== undefined) {
    const guard = launch.guard ?? processGuard();
    await guard.watch(pid, launch.name);
    void exited.then(() => {
      guard.forget(pid);
    });
  }
  const outcome = await Promise.race([output.settled, exited, timeUp(launch.readyWithinMs ?? 30_000)]);
  if (outcome === 'ready' && pid !== undefined) return runningServer(launch, port, pid, exited);
  if (pid !== undefined) await stopChild(pid, exited, farewell);
  if (outcome === 'port taken' || output.lines.some((line) => launch.portTakenLine.test(line)))
    return 'port taken';
  throw new StackFailure(`${launch.name} ${outcome}.`, output.lines.slice(-6));
}

function runningServer(
  launch: ServerLaunch,
  port: number,
  pid: number,
  exited: Promise<string>,
): RunningServer {
  let isStopping = false;
  return {
    name: launch.name,
    url: launch.url(port),
    port,
    pid,
    failed: new Promise((resolve) => {
      void exited.then((how) => {
        if (!isStopping) resolve(`${launch.name} ${how}; its log is ${launch.logFile}.`);
      });
    }),
    async stop() {
      isStopping = true;
      await stopChild(pid, exited, farewell);
    },
  };
}

function followOutput(child: ChildProcess, launch: ServerLaunch) {
  const log = createWriteStream(launch.logFile, { flags: 'a' });
  log.on('error', () => undefined);
  const lines: string[] = [];
  const settled = new Promise<'ready' | 'port taken'>((resolve) => {
    const read = (text: string): void => {
      log.write(text);
      for (const line of text.split('\n')) {
        if (line.trim() === '') continue;
        lines.push(line.trim());
        if (lines.length > 50) lines.shift();
        if (launch.readyLine.test(line)) resolve('ready');
        else if (launch.portTakenLine.test(line)) resolve('port taken');
      }
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
  });
  child.once('close', () => log.end());
  return { settled, lines };
}
