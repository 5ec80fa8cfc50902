import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBinaries, startRedis } from '@signalbox/local-stack';
import type { Redis } from 'ioredis';
import { connectRedis } from '../connect-redis.js';

export interface TestRedis {
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  /** One more client; all are closed by `stop`. */
  connect(): Redis;
  stop(): Promise<void>;
}

/** Starts a real Redis for one spec file, on a free port (or a given one, to come back after a stop). */
export async function startTestRedis(port?: number): Promise<TestRedis> {
  const checkoutData = path.resolve(import.meta.dirname, '../../../../.signalbox');
  const [binary] = await ensureBinaries(['redis-server'], { dataDirectory: checkoutData });
  if (binary === undefined) throw new Error('redis-server was not found');
  const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-limits-'));
  const server = await startRedis({
    binary,
    directory: path.join(directory, 'redis'),
    durable: false,
    ...(port === undefined ? {} : { port }),
  });
  const clients: Redis[] = [];
  return {
    url: server.url,
    pid: server.pid,
    port: server.port,
    connect() {
      const redis = connectRedis({ url: server.url, name: 'spec', onError: () => undefined });
      clients.push(redis);
      return redis;
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
