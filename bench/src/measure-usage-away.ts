import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from './helper-process.js';
import { measureWindow, type Load } from './measure-window.js';
import type { BenchOptions } from './options.js';
import { chatRequestBody } from './payloads.js';
import { FEW_CANDIDATES, startMeasuredSystem } from './start-measured-system.js';
import { median } from './statistics.js';
import { startTraceSink } from './trace-sink.js';

/** What a call costs the gateway while the usage service is there and while it is not. */
export interface UsageAway {
  readonly rounds: number;
  /** Microseconds of processor time per call. */
  readonly gateway: { readonly present: number; readonly away: number };
  /** Calls answered, and attempts counted when the usage service was back. */
  readonly answered: number;
  readonly counted: number;
}

const mostRounds = 10;
const warmUpWindows = 10;
const countedWithinMs = 120_000;

/** Windows in turns, with the usage service stopped in every second one. */
export async function measureUsageAway(
  { rounds, windowMs }: Pick<BenchOptions, 'rounds' | 'windowMs'>,
  say: (text: string) => void,
): Promise<UsageAway> {
  const upstream = await startHelper('fake-upstream');
  const generator = await startHelper('load-generator');
  const sink = await startTraceSink();
  const system = await startMeasuredSystem(upstream.port, sink.url);
  const load: Load = {
    name: 'usage away',
    body: chatRequestBody(system.modelGroup(FEW_CANDIDATES), false),
    expectedTail: '"fp_bench"}',
    connections: 32,
    durationMs: windowMs,
  };
  let answered = 0;
  const window = async (): Promise<number> => {
    const { report, cpuPerRequest } = await measureWindow(generator, system.subject, load);
    answered += report.requests;
    return cpuPerRequest['gateway'] ?? Number.NaN;
  };
  const counted = async (): Promise<number> => {
    const giveUpAt = performance.now() + countedWithinMs;
    for (;;) {
      const requests = await system.countedRequests();
      if (requests >= answered || performance.now() > giveUpAt) return requests;
      await sleep(200);
    }
  };
  try {
    for (let index = 0; index < warmUpWindows; index += 1) await window();
    const present: number[] = [];
    const away: number[] = [];
    const all = Math.min(rounds, mostRounds);
    for (let round = 1; round <= all; round += 1) {
      present.push(await window());
      await system.usage.stop();
      away.push(await window());
      await system.usage.start();
      await counted();
      say(`usage away: round ${round} of ${all}`);
    }
    const gateway = { present: median(present), away: median(away) };
    return { rounds: all, gateway, answered, counted: await counted() };
  } finally {
    await system.stop();
    sink.stop();
    for (const helper of [upstream, generator]) helper.process.kill();
  }
}
