import { setTimeout as sleep } from 'node:timers/promises';
import { alternate, type Contestant, type Measurement } from './alternate.js';
import { startHelper, type HelperProcess } from './helper-process.js';
import { machineFacts } from './machine-facts.js';
import { measureAdmission } from './measure-admission.js';
import { measureCallers, type CallerCost } from './measure-callers.js';
import { measureChanges, type ChangeResults } from './measure-changes.js';
import type { Load } from './measure-window.js';
import type { BenchOptions } from './options.js';
import { chatRequestBody } from './payloads.js';
import { startPeer, type Peer } from './peer.js';
import { residentMegabytesOf } from './processor-time.js';
import type { BenchResults } from './results.js';
import {
  FEW_CANDIDATES,
  MANY_CANDIDATES,
  startMeasuredSystem,
  type MeasuredSystem,
} from './start-measured-system.js';
import type { Subject } from './subject.js';
import { startTraceSink } from './trace-sink.js';

const FOREIGN_SHARE_LIMIT = 0.15;
const CONNECTIONS = 32;
const STREAM_CONNECTIONS = 8;
const RATE_PER_SECOND = 1_000;
const WARM_UP_REQUESTS = 30_000;
/** Usage is counted a moment after the answer. */
const COUNTED_WITHIN_MS = 30_000;

interface Bench {
  readonly options: BenchOptions;
  readonly generator: HelperProcess;
  readonly direct: Subject;
  readonly raw: Subject;
  readonly control: Subject;
  readonly system: MeasuredSystem;
  readonly peer: Subject | undefined;
  readonly say: (text: string) => void;
  /** Requests that Signalbox has answered, in windows of every kind. */
  answered: number;
}

/** Starts everything, with the other gateway if there is one, measures, checks that all usage was counted, and stops everything. */
export async function runBenchmark(
  options: BenchOptions,
  peer: Peer | undefined,
  say: (text: string) => void,
): Promise<BenchResults> {
  const costs = await runCosts(options, peer, say);
  const callers = await runCallers(options, say);
  return { ...costs, callers, changes: await runChanges(options, say) };
}

/** Measures only what kinds of callers cost, on a system of its own. */
export function runCallers(
  { rounds }: BenchOptions,
  say: (text: string) => void,
): Promise<readonly CallerCost[]> {
  return measureCallers(rounds, (inPostgres, done) => {
    say(`callers, ${inPostgres} in Postgres: round ${done}`);
  });
}

/** Measures only how fast changes arrive, on a system of its own. */
export function runChanges({ rounds }: BenchOptions, say: (text: string) => void): Promise<ChangeResults> {
  return measureChanges(rounds, (done) => {
    say(`changes: round ${done} of ${rounds}`);
  });
}

async function runCosts(
  options: BenchOptions,
  peer: Peer | undefined,
  say: (text: string) => void,
): Promise<Omit<BenchResults, 'callers' | 'changes'>> {
  const upstream = await startHelper('fake-upstream');
  const origin = `http://127.0.0.1:${upstream.port}`;
  const [raw, control, generator, running] = await Promise.all([
    startHelper('raw-proxy', origin),
    startHelper('raw-proxy', origin),
    startHelper('load-generator'),
    peer && startPeer(peer, upstream.port),
  ]);
  const sink = await startTraceSink();
  say('starting Signalbox');
  const system = await startMeasuredSystem(upstream.port, sink.url);
  try {
    const direct: Subject = {
      name: 'direct',
      port: upstream.port,
      headers: {},
      processes: {},
      warmUpRequests: WARM_UP_REQUESTS,
    };
    return await measure({
      options,
      generator,
      direct,
      raw: proxySubject('raw proxy', raw),
      control: proxySubject('raw proxy, control', control),
      system,
      peer: running?.subject,
      say,
      answered: 0,
    });
  } finally {
    await system.stop();
    sink.stop();
    for (const helper of [upstream, raw, control, generator, running]) helper?.process.kill();
  }
}

async function measure(bench: Bench): Promise<Omit<BenchResults, 'callers' | 'changes'>> {
  const { options, system } = bench;
  const { gatewayPid } = system;
  const few = system.modelGroup(FEW_CANDIDATES);
  const many = system.modelGroup(MANY_CANDIDATES);
  const saturated = load('saturated', options, few);
  const paced: Load = { ...saturated, name: 'paced', connections: 64, ratePerSecond: RATE_PER_SECOND };
  const burst = load('streams', options, few, true);

  const loaded = await turns(
    bench,
    { title: 'saturated', peerLoad: saturated },
    {
      raw: { subject: bench.raw, load: saturated },
      few: { subject: system.subject, load: saturated },
      many: { subject: system.subject, load: load('saturated', options, many) },
      control: { subject: bench.control, load: saturated },
      direct: { subject: bench.direct, load: saturated },
    },
  );
  const memoryBefore = residentMegabytesOf(gatewayPid);
  const answeredBefore = bench.answered;
  const steady = await turns(
    bench,
    { title: `${RATE_PER_SECOND} requests/s`, peerLoad: paced, areWarm: true },
    {
      direct: { subject: bench.direct, load: paced },
      raw: { subject: bench.raw, load: paced },
      signalbox: { subject: system.subject, load: paced },
    },
  );
  const streams = await turns(
    bench,
    { title: 'streams', peerLoad: burst },
    {
      raw: { subject: bench.raw, load: burst },
      signalbox: { subject: system.subject, load: burst },
      control: { subject: bench.control, load: burst },
    },
  );
  const memoryAfter = residentMegabytesOf(gatewayPid);
  const usage = { answered: bench.answered, counted: await countedUsage(bench) };
  const admission = await measureAdmission({
    redis: system.redis,
    rounds: options.rounds,
    windowMs: options.windowMs / 5,
    onRound: (done) => {
      bench.say(`admission: round ${done} of ${options.rounds}`);
    },
  });
  return {
    command: `npm run bench${options.quick ? ' -- --quick' : ''}`,
    date: new Date().toISOString().slice(0, 10),
    machine: machineFacts({}),
    rounds: options.rounds,
    windowMs: options.windowMs,
    quick: options.quick,
    peer: bench.peer?.name,
    noisy: options.noisy,
    saturated: loaded,
    paced: steady,
    streams,
    memory: {
      before: memoryBefore,
      after: memoryAfter,
      requests: bench.answered - answeredBefore,
    },
    usage,
    admission,
  };
}

/** A comparison; the other gateway takes part under `peerLoad` when there is one. */
interface Turns {
  readonly title: string;
  readonly peerLoad: Load;
  readonly areWarm?: boolean;
}

/** Measures named contestants in turns and returns their figures under the same names. */
async function turns<Name extends string>(
  bench: Bench,
  { title, peerLoad, areWarm = false }: Turns,
  contestants: Record<Name, Omit<Contestant, 'label'>>,
): Promise<Record<Name, Measurement> & { peer?: Measurement }> {
  const named = Object.entries<Omit<Contestant, 'label'>>(contestants).map(([label, contestant]) => ({
    label,
    ...contestant,
  }));
  if (bench.peer !== undefined) named.push({ label: 'peer', subject: bench.peer, load: peerLoad });
  const { rounds, noisy } = bench.options;
  const measured = await alternate(bench.generator, named, {
    rounds,
    areWarm,
    foreignShareLimit: noisy ? Number.POSITIVE_INFINITY : FOREIGN_SHARE_LIMIT,
    onWindow: ({ subject }, { report }) => {
      if (subject === bench.system.subject) bench.answered += report.requests;
    },
    onRound: (done, discarded) => {
      bench.say(`${title}: round ${done} of ${rounds}, ${discarded} windows discarded`);
    },
  });
  return Object.fromEntries(measured.map((figure) => [figure.label, figure])) as Record<Name, Measurement>;
}

/** What the usage service counted, once it has caught up or has had its time. */
async function countedUsage({ system, answered }: Bench): Promise<number> {
  const giveUpAt = performance.now() + COUNTED_WITHIN_MS;
  for (;;) {
    const counted = await system.countedRequests();
    if (counted >= answered || performance.now() > giveUpAt) return counted;
    await sleep(200);
  }
}

function load(name: string, { windowMs }: BenchOptions, modelGroup: string, stream = false): Load {
  return {
    name,
    body: chatRequestBody(modelGroup, stream),
    expectedTail: stream ? '[DONE]' : '"fp_bench"}',
    connections: stream ? STREAM_CONNECTIONS : CONNECTIONS,
    durationMs: windowMs,
  };
}

function proxySubject(name: string, { port, pid }: HelperProcess): Subject {
  return { name, port, headers: {}, processes: { proxy: [pid] }, warmUpRequests: WARM_UP_REQUESTS };
}
