import { generateLoad, startHelper, type HelperProcess } from './helper-process.js';
import { encodeRequest } from './http-wire.js';
import { changesOf, type Change } from './governed-changes.js';
import { MODELS, startGovernedSystem, type GovernedSystem } from './governed-system.js';
import { chatRequestBody } from './payloads.js';
import { quantile } from './statistics.js';

/** How long one kind of change took to hold at a gateway, milliseconds from the admin call's answer. */
export interface ChangeTimes {
  readonly name: string;
  /** Changes times gateways. */
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Calls sent after the admin call's answer that were still answered by the old state. */
  readonly staleCalls: number;
}

export interface ChangeResults {
  readonly gateways: number;
  readonly rounds: number;
  /** Calls per second of the load meanwhile, over all gateways, as it was answered. */
  readonly loadPerSecond: number;
  readonly times: readonly ChangeTimes[];
}

const LOAD_PER_GATEWAY = 100;
const LOAD_WINDOW_MS = 1_000;
/** A change that has not arrived by then never will. */
const GIVE_UP_AFTER_MS = 10_000;

interface Sample {
  readonly tookMs: number;
  readonly staleCalls: number;
}

/** Changes end users, keys and teams while three gateways are under load, and asks each gateway until it shows it. */
export async function measureChanges(
  rounds: number,
  onRound: (done: number) => void,
): Promise<ChangeResults> {
  const upstream = await startHelper('fake-upstream');
  const system = await startGovernedSystem(upstream.port);
  const load = await startLoad(system);
  const samples = new Map<string, Sample[]>();
  try {
    for (let round = 0; round < rounds; round += 1) {
      // The gateway that is told the change is another one each round.
      const told = system.gateways[round % system.gateways.length] ?? '';
      for (const change of await changesOf(system, round)) {
        samples.set(change.name, [
          ...(samples.get(change.name) ?? []),
          ...(await timesOf(system, told, change)),
        ]);
      }
      onRound(round + 1);
    }
    const loadPerSecond = await load.stop();
    const times = [...samples].map(([name, taken]) => summarise(name, taken));
    return { gateways: system.gateways.length, rounds, loadPerSecond, times };
  } finally {
    await load.stop();
    await system.stop();
    upstream.process.kill();
  }
}

/** Makes one change and asks all gateways at once, each again and again, until they show it. */
async function timesOf(system: GovernedSystem, told: string, change: Change): Promise<Sample[]> {
  await system.admin(told, change.path, change.body);
  const answeredAt = performance.now();
  return Promise.all(
    system.gateways.map(async (gateway) => {
      for (let staleCalls = 0; ; staleCalls += 1) {
        const answer = await system.call(gateway, change.call);
        const tookMs = performance.now() - answeredAt;
        if (change.shows(answer)) return { tookMs, staleCalls };
        if (tookMs > GIVE_UP_AFTER_MS) throw new Error(`${change.name}: a gateway has not heard of it`);
      }
    }),
  );
}

function summarise(name: string, samples: readonly Sample[]): ChangeTimes {
  const sorted = samples.map(({ tookMs }) => tookMs).toSorted((left, right) => left - right);
  return {
    name,
    samples: samples.length,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    longest: sorted.at(-1) ?? Number.NaN,
    staleCalls: samples.reduce((sum, { staleCalls }) => sum + staleCalls, 0),
  };
}

/** Keeps all gateways busy with calls of another key until it is stopped; says how many it had answered a second. */
async function startLoad(system: GovernedSystem): Promise<{ stop(): Promise<number> }> {
  const [gateway = ''] = system.gateways;
  const { key } = await system.admin<{ key: string }>(gateway, '/key/generate', {});
  const generators = await Promise.all(system.gateways.map(() => startHelper('load-generator')));
  let isOver = false;
  const startedAt = performance.now();
  const runs = generators.map(async (generator, index) => {
    let requests = 0;
    while (!isOver) requests += await loadWindow(generator, system.gateways[index] ?? '', key);
    return requests;
  });
  const total = Promise.all(runs).then((counts) => {
    for (const generator of generators) generator.process.kill();
    return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - startedAt) / 1_000);
  });
  return {
    stop: () => {
      isOver = true;
      return total;
    },
  };
}

async function loadWindow(generator: HelperProcess, gateway: string, key: string): Promise<number> {
  const port = Number(new URL(gateway).port);
  const request = encodeRequest({
    path: '/v1/chat/completions',
    port,
    headers: { authorization: `Bearer ${key}` },
    body: chatRequestBody(MODELS[0], false),
  });
  const { requests, errors, firstError } = await generateLoad(generator, {
    port,
    request: request.toString('base64'),
    connections: 16,
    durationMs: LOAD_WINDOW_MS,
    ratePerSecond: LOAD_PER_GATEWAY,
    expectedTail: '"fp_bench"}',
  });
  if (errors > 0) throw new Error(`the load beside the changes failed: ${firstError ?? 'no reason'}`);
  return requests;
}
