import { randomUUID } from 'node:crypto';
import { connectRedis, RedisLimitStore, type AdmitRequest, type LimitStore } from '@signalbox/rate-limits';
import { processorTimeOf } from './processor-time.js';
import { median } from './statistics.js';

/** What one admission costs among so many candidates, asked for in batches of so many. Medians over the windows. */
export interface AdmissionCost {
  readonly candidates: number;
  readonly batch: number;
  /** Processor time of Redis per admission, microseconds. */
  readonly redisUs: number;
  /** Processor time of the process that asks, microseconds. */
  readonly clientUs: number;
  /** From question to answer of a batch, microseconds. */
  readonly elapsedUs: number;
}

export interface AdmissionBench {
  readonly redis: { readonly url: string; readonly pid: number };
  readonly rounds: number;
  readonly windowMs: number;
  readonly onRound: (done: number) => void;
}

const CANDIDATES = [3, 30, 300];
/** A router answers what arrives in one turn of the event loop together; eight is common when it is busy. */
const BATCHES = [1, 8];
const WARM_UP_WINDOWS = 3;
const LEASE_MS = 60_000;

interface Contestant {
  readonly candidates: number;
  readonly batch: number;
  readonly windows: Omit<AdmissionCost, 'candidates' | 'batch'>[];
}

/** Measures admissions in turns, each in short windows, against the Redis of the measured system. */
export async function measureAdmission(bench: AdmissionBench): Promise<AdmissionCost[]> {
  const redis = connectRedis({
    url: bench.redis.url,
    name: 'bench',
    onError: (error) => {
      throw error;
    },
  });
  const store = new RedisLimitStore({ redis });
  const contestants: Contestant[] = BATCHES.flatMap((batch) =>
    CANDIDATES.map((candidates) => ({ candidates, batch, windows: [] })),
  );
  try {
    for (let round = -WARM_UP_WINDOWS; round < bench.rounds; round += 1) {
      for (const contestant of contestants) {
        const window = await measureWindow(store, contestant, bench);
        if (round >= 0) contestant.windows.push(window);
      }
      if (round >= 0) bench.onRound(round + 1);
    }
  } finally {
    redis.disconnect();
  }
  return contestants.map(({ candidates, batch, windows }) => ({
    candidates,
    batch,
    redisUs: median(windows.map(({ redisUs }) => redisUs)),
    clientUs: median(windows.map(({ clientUs }) => clientUs)),
    elapsedUs: median(windows.map(({ elapsedUs }) => elapsedUs)),
  }));
}

async function measureWindow(
  store: LimitStore,
  { candidates, batch }: Contestant,
  { redis, windowMs }: AdmissionBench,
): Promise<Contestant['windows'][number]> {
  const ids: string[] = [];
  const redisBefore = processorTimeOf(redis.pid);
  const clientBefore = process.cpuUsage();
  const startedAt = performance.now();
  while (performance.now() - startedAt < windowMs) {
    const requests = Array.from({ length: batch }, () => admission(candidates));
    const results = await store.admit(requests);
    if (results.some(({ chosenId }) => chosenId === undefined)) throw new Error('An admission was refused.');
    for (const { reservationId } of requests) ids.push(reservationId);
  }
  const elapsedMs = performance.now() - startedAt;
  const client = process.cpuUsage(clientBefore);
  const redisMs = processorTimeOf(redis.pid) - redisBefore;
  // What a window leaves behind must not weigh on the next one.
  for (let at = 0; at < ids.length; at += 100) await store.release(ids.slice(at, at + 100));
  return {
    redisUs: (redisMs * 1_000) / ids.length,
    clientUs: (client.user + client.system) / ids.length,
    elapsedUs: (elapsedMs * 1_000 * batch) / ids.length,
  };
}

function admission(candidates: number): AdmitRequest {
  return {
    reservationId: randomUUID(),
    candidates: candidatesOf(candidates),
    pick: 'least-tokens',
    scopes: [],
    tokens: 20,
    leaseMs: LEASE_MS,
  };
}

const lists = new Map<number, AdmitRequest['candidates']>();

function candidatesOf(count: number): AdmitRequest['candidates'] {
  const known = lists.get(count);
  if (known !== undefined) return known;
  const list = Array.from({ length: count }, (_, index) => ({
    id: `admission-of-${count}-${index}`,
    // Real limits that are never reached.
    rpm: 100_000_000,
    tpm: 100_000_000_000,
  }));
  lists.set(count, list);
  return list;
}
