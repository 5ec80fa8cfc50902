import type { LimitStore } from '../limit-store.js';
import { MemoryLimitStore } from '../memory-limit-store.js';
import { RedisLimitStore } from '../redis-limit-store.js';
import { startTestRedis } from './start-test-redis.js';

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
    open(clock: TestClock): Promise<LimitStore>;
    stop(): Promise<void>;
  }>;
}

/** Every LimitStore there is: all of them pass the same specs. */
export const implementations: readonly Implementation[] = [
  {
    name: 'MemoryLimitStore',
    start: () =>
      Promise.resolve({
        open: (clock) => Promise.resolve(new MemoryLimitStore({ now: clock.now })),
        stop: () => Promise.resolve(),
      }),
  },
  {
    name: 'RedisLimitStore',
    async start() {
      const server = await startTestRedis();
      const redis = server.connect();
      return {
        async open(clock) {
          await redis.flushall();
          return new RedisLimitStore({ redis, now: clock.now });
        },
        stop: () => server.stop(),
      };
    },
  },
];
