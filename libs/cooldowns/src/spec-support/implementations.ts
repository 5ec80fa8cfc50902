import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureServerBinaries, startRedis } from '@signalbox/local-stack';
import { connectRedis } from '@signalbox/rate-limits';
import type { CooldownStore } from '../cooldown-store.js';
import { MemoryCooldownStore } from '../memory-cooldown-store.js';
import { RedisCooldownStore } from '../redis-cooldown-store.js';

/** Stands still until told to step; milliseconds. */
export class TestClock {
  #now = Date.UTC(2026, 10, 21, 12);

  readonly now = (): number => this.#now;

  step(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

export interface Implementation {
  readonly name: string;
  /** Starts what the store needs; `open` then gives an empty store each time. */
  start(): Promise<{
    open(clock: TestClock): Promise<CooldownStore>;
    stop(): Promise<void>;
  }>;
}

/** Every CooldownStore there is: all of them pass the same specs. */
export const implementations: readonly Implementation[] = [
  {
    name: 'MemoryCooldownStore',
    start: () =>
      Promise.resolve({
        open: (clock) => Promise.resolve(new MemoryCooldownStore({ now: clock.now })),
        stop: () => Promise.resolve(),
      }),
  },
  {
    name: 'RedisCooldownStore',
    async start() {
      const dataDirectory = path.resolve(import.meta.dirname, '../../../../.signalbox');
      const { redis: binary } = await ensureServerBinaries({ dataDirectory });
      const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-cooldowns-'));
      const server = await startRedis({ binary, directory: path.join(directory, 'redis'), durable: false });
      const redis = connectRedis({ url: server.url, name: 'spec', onError: () => undefined });
      return {
        async open(clock) {
          await redis.flushall();
          return new RedisCooldownStore({ redis, now: clock.now });
        },
        async stop() {
          redis.disconnect();
          await server.stop();
          await rm(directory, { recursive: true, force: true });
        },
      };
    },
  },
];
