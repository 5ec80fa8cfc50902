import { setTimeout as sleep } from 'node:timers/promises';
import { decisionRecorded, usageRecorded, type StreamContract } from '@signalbox/contracts';
import { connectBus, type Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { startServers, startSignalbox } from '@signalbox/testing';
import { benchDeployment } from './bench-deployment.js';
import { measureUsageAway, type UsageAway } from './measure-usage-away.js';
import type { BenchOptions } from './options.js';
import { processesByRole, type Role } from './processes-by-role.js';
import { processorTimeOfTrees } from './processor-time.js';
import { attemptBatch, decisionBatch, RECORDS_PER_BATCH } from './usage-events.js';

/** How fast a full stream was worked off. */
export interface UsageRun {
  readonly name: string;
  readonly replicas: number;
  /** Those that were measured, without the first tenth. */
  readonly events: number;
  readonly elapsedMs: number;
  /** Microseconds of processor time per event, by role; all replicas together. */
  readonly cpuPerEvent: Readonly<Record<string, number>>;
}

export interface UsageResults {
  /** In the stream at the start. */
  readonly events: number;
  readonly runs: readonly UsageRun[];
  readonly away: UsageAway;
}

export const usageRoles = ['usage', 'redis', 'nats', 'postgres'] as const satisfies readonly Role[];

/** What is taken from a stream, and by whom: all of them are done before it counts as done. */
interface TakenIn {
  readonly name: string;
  readonly contract: StreamContract;
  readonly durables: readonly string[];
  readonly publish: (bus: Bus, batchNumber: number) => Promise<void>;
}

const intakes: readonly TakenIn[] = [
  {
    name: 'attempts: Redis and ledger',
    contract: usageRecorded,
    durables: ['usage', 'ledger'],
    publish: (bus, batchNumber) => {
      const batch = attemptBatch(batchNumber);
      return bus.publish(usageRecorded, batch, batch.batchId);
    },
  },
  {
    name: 'decision records: chains',
    contract: decisionRecorded,
    durables: ['decisions'],
    publish: (bus, batchNumber) => {
      const batch = decisionBatch(batchNumber);
      return bus.publish(decisionRecorded, batch, batch.batchId);
    },
  },
];

const atOnce = 100;
const pollMs = 100;

/** Fills the streams, lets one replica and then two work them off, and sees what a gateway does without any. */
export async function measureUsage(
  options: BenchOptions,
  say: (text: string) => void,
): Promise<UsageResults> {
  const runs: UsageRun[] = [];
  for (const intake of intakes) {
    for (const replicas of [1, 2]) {
      say(`${intake.name}: ${options.events} events, replicas: ${replicas}`);
      runs.push(await workOff(intake, options.events, replicas));
    }
  }
  return { events: options.events, runs, away: await measureUsageAway(options, say) };
}

async function workOff(intake: TakenIn, events: number, replicas: number): Promise<UsageRun> {
  const servers = await startServers();
  const logger = createLogger({ service: 'bench', level: 'warn' });
  const bus = await connectBus({ servers: servers.natsUrl, name: 'bench', logger });
  try {
    await fill(bus, intake, Math.ceil(events / RECORDS_PER_BATCH));
    const system = await startSignalbox({
      servers,
      replicas: { gateway: 0, router: 0, identity: 0, usage: replicas },
      config: { model_list: [benchDeployment({ modelGroup: 'none', id: 'none', upstreamPort: 9 })] },
    });
    try {
      return { name: intake.name, replicas, ...(await watch(bus, intake)) };
    } finally {
      await system.stop();
    }
  } finally {
    await bus.drain();
    await servers.stop();
  }
}

async function fill(bus: Bus, { contract, publish }: TakenIn, batches: number): Promise<void> {
  await bus.ensureStream(contract);
  for (let first = 0; first < batches; first += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, batches - first) }, (_, index) =>
      publish(bus, first + index),
    );
    await Promise.all(some);
  }
}

/** The first tenth is the start: connections are made, code is compiled. */
async function watch(bus: Bus, intake: TakenIn): Promise<Omit<UsageRun, 'name' | 'replicas'>> {
  const first = await reached(bus, intake, 0.1);
  const processes = processesByRole(usageRoles);
  const timesOf = (): number[] => usageRoles.map((role) => processorTimeOfTrees(processes[role]));
  const before = timesOf();
  const beganAt = performance.now();
  const last = await reached(bus, intake, 1);
  const elapsedMs = performance.now() - beganAt;
  const after = timesOf();
  const events = (last - first) * RECORDS_PER_BATCH;
  const cpu = usageRoles.map((role, index) => [
    role,
    (((after[index] ?? 0) - (before[index] ?? 0)) * 1_000) / events,
  ]);
  return { events, elapsedMs, cpuPerEvent: Object.fromEntries(cpu) as Record<Role, number> };
}

/** Resolves with the batches done when that share of the stream is, by the slowest of its readers. */
async function reached(bus: Bus, { contract, durables }: TakenIn, share: number): Promise<number> {
  for (;;) {
    const all = await Promise.all(durables.map((durable) => bus.progress(contract, durable)));
    const done = Math.min(...all.map(({ acknowledged }) => acknowledged));
    if (done > 0 && all.every(({ stored }) => done >= stored * share)) return done;
    await sleep(pollMs);
  }
}
