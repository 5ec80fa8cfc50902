import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadReport } from './load.js';

export type HelperName = 'fake-upstream' | 'raw-proxy' | 'load-generator' | 'peer';

/** One of the benchmark's own processes; it ends when this one does. */
export interface HelperProcess {
  readonly pid: number;
  /** Loopback port it listens on; 0 when it listens on none. */
  readonly port: number;
  readonly process: ChildProcess;
}

interface ListeningMessage {
  type: 'listening';
  address?: { port: number };
}

/** Starts a helper and waits until it listens. */
export async function startHelper(name: HelperName, ...args: string[]): Promise<HelperProcess> {
  const child = fork(fileURLToPath(new URL(`./${name}-process.js`, import.meta.url)), args, {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const message = await nextMessage<ListeningMessage>(child, name);
  return { pid: child.pid ?? 0, port: message.address?.port ?? 0, process: child };
}

/** Gives the load generator one order and waits for its report. */
export async function generateLoad(generator: HelperProcess, order: LoadOrder): Promise<LoadReport> {
  const message = nextMessage<{ report: LoadReport }>(generator.process, 'load-generator');
  generator.process.send(order);
  return (await message).report;
}

function nextMessage<Message>(child: ChildProcess, name: HelperName): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (exitCode: number | null): void => {
      child.off('message', onMessage);
      reject(new Error(`the ${name} ended by itself (exit code ${exitCode ?? 'none'})`));
    };
    const onMessage = (message: unknown): void => {
      child.off('exit', onExit);
      resolve(message as Message);
    };
    child.once('exit', onExit);
    child.once('message', onMessage);
  });
}
