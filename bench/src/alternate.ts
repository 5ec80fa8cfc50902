import type { HelperProcess } from './helper-process.js';
import { measureWindow, type Load, type WindowResult } from './measure-window.js';
import { median } from './statistics.js';
import type { Subject } from './subject.js';

/** A subject under a load; several of them are measured in turns. */
export interface Contestant {
  readonly label: string;
  readonly subject: Subject;
  readonly load: Load;
}

/** Medians over the quiet windows of one contestant. */
export interface Measurement {
  readonly label: string;
  readonly windows: number;
  readonly discarded: number;
  /** What other processes took meanwhile, as a share of one processor. */
  readonly foreignShare: number;
  readonly requests: number;
  /** Microseconds per request by role, and the sum of all but `ROLE_BESIDE`. */
  readonly cpuPerRequest: Readonly<Record<string, number>>;
  readonly cpuSum: number;
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Rounds {
  readonly rounds: number;
  /** The subjects have served such requests before: one window each warms them up. */
  readonly areWarm: boolean;
  /** Others may take this share of one processor; a window in which they take more is thrown away. */
  readonly foreignShareLimit: number;
  /** Told after every window, also one that does not count. */
  readonly onWindow: (contestant: Contestant, result: WindowResult) => void;
  /** Told after each round, for the progress line. */
  readonly onRound: (done: number, discarded: number) => void;
}

/**
 * Left out of the sum: what the usage service writes there a moment later, in large batches, holds up no call. The page
 * shows it in a column of its own.
 */
export const ROLE_BESIDE = 'postgres';
const MOST_WARM_UP_WINDOWS = 12;
/** How often a window may be repeated because others kept the machine busy. */
const TRIES_PER_WINDOW = 3;
/** Fewer quiet windows than this give no median worth printing. */
const FEWEST_WINDOWS = 3;

/**
 * Measures contestants in turns, one short window each per round, beginning with another one every round, after
 * enough requests to warm up. Throws when requests fail or when the machine is never quiet.
 */
export async function alternate(
  generator: HelperProcess,
  contestants: readonly Contestant[],
  { rounds, areWarm, foreignShareLimit, onWindow, onRound }: Rounds,
): Promise<Measurement[]> {
  const kept = new Map<string, WindowResult[]>(contestants.map(({ label }) => [label, []]));
  const discarded = new Map<string, number>(contestants.map(({ label }) => [label, 0]));
  const measure = async (contestant: Contestant): Promise<WindowResult> => {
    const result = await measureWindow(generator, contestant.subject, contestant.load);
    onWindow(contestant, result);
    return result;
  };
  for (const contestant of contestants) {
    const wanted = areWarm ? 1 : contestant.subject.warmUpRequests;
    let requests = 0;
    for (let window = 0; window < MOST_WARM_UP_WINDOWS && requests < wanted; window += 1) {
      requests += (await measure(contestant)).report.requests;
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % contestants.length;
    for (const contestant of [...contestants.slice(turn), ...contestants.slice(0, turn)]) {
      for (let tries = 0; tries < TRIES_PER_WINDOW; tries += 1) {
        const result = await measure(contestant);
        if (result.foreignShare <= foreignShareLimit) {
          kept.get(contestant.label)?.push(result);
          break;
        }
        discarded.set(contestant.label, (discarded.get(contestant.label) ?? 0) + 1);
      }
    }
    onRound(
      round + 1,
      [...discarded.values()].reduce((sum, count) => sum + count, 0),
    );
  }
  return contestants.map(({ label }) => summarise(label, kept.get(label) ?? [], discarded.get(label) ?? 0));
}

function summarise(label: string, windows: readonly WindowResult[], discarded: number): Measurement {
  if (windows.length < FEWEST_WINDOWS) {
    throw new Error(
      `${label}: only ${windows.length} windows were quiet, ${discarded} were thrown away; other processes keep this machine busy`,
    );
  }
  const of = (pick: (window: WindowResult) => number): number => median(windows.map(pick));
  const roles = Object.keys(windows[0]?.cpuPerRequest ?? {});
  const sum = (window: WindowResult): number =>
    Object.entries(window.cpuPerRequest)
      .filter(([role]) => role !== ROLE_BESIDE)
      .reduce((total, [, value]) => total + value, 0);
  return {
    label,
    windows: windows.length,
    discarded,
    foreignShare: of((window) => window.foreignShare),
    requests: windows.reduce((total, window) => total + window.report.requests, 0),
    cpuPerRequest: Object.fromEntries(
      roles.map((role): [string, number] => [role, of((window) => window.cpuPerRequest[role] ?? 0)]),
    ),
    cpuSum: of(sum),
    requestsPerSecond: of((window) => window.report.requests / (window.report.elapsedMs / 1_000)),
    p50: of((window) => window.report.latency.p50),
    p99: of((window) => window.report.latency.p99),
  };
}
