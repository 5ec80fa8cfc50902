import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBinaries, startNats, type RunningServer } from '@signalbox/local-stack';

const dataDirectory = path.resolve(import.meta.dirname, '../../../../.signalbox');

/** A real nats-server of one spec, with its own data, on its own port. */
export interface TestBroker {
  readonly url: string;
  /** Ends it without warning, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the data it had on disk. */
  restart(): Promise<void>;
  /** Ends it for good and removes its data. */
  remove(): Promise<void>;
}

export async function startTestBroker(): Promise<TestBroker> {
  const [binary] = await ensureBinaries(['nats-server'], { dataDirectory });
  if (binary === undefined) throw new Error('nats-server was not found.');
  const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-bus-'));
  const start = (port?: number): Promise<RunningServer> =>
    startNats({
      binary,
      directory: path.join(directory, 'nats'),
      durable: false,
      ...(port !== undefined && { port }),
    });
  let server = await start();
  return {
    url: server.url,
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
    },
    restart: async () => {
      server = await start(server.port);
    },
    remove: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
