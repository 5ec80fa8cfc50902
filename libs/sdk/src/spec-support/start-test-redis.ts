import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBinaries, startRedis } from '@signalbox/local-stack';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a real Redis for one spec file, on a free port or a given one. */
export async function startTestRedis(port?: number): Promise<TestRedis> {
  const checkoutData = path.resolve(import.meta.dirname, '../../../../.signalbox');
  const [binary] = await ensureBinaries(['redis-server'], { dataDirectory: checkoutData });
  if (binary === undefined) throw new Error('redis-server was not found');
  const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-sdk-'));
  const server = await startRedis({
    binary,
    directory: path.join(directory, 'redis'),
    durable: false,
    ...(port !== undefined && { port }),
  });
  return {
    url: server.url,
    port: server.port,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
