import { parseArgs } from 'node:util';

/** How long and how often to measure. */
export interface BenchOptions {
  readonly rounds: number;
  readonly windowMs: number;
  /** Quick runs are a look: fewer rounds, and not worth publishing. */
  readonly quick: boolean;
  /** Keep windows in which other processes were busy, on a machine that is never quiet. */
  readonly noisy: boolean;
  /** Measure only how fast changes arrive, and write nothing. */
  readonly changesOnly: boolean;
  /** Measure only what kinds of callers cost, and write nothing. */
  readonly callersOnly: boolean;
  /** Leave the other gateway out, and do not install it. */
  readonly withoutPeer: boolean;
  /** Where the results are written, relative to the working directory. */
  readonly output: string;
}

const PUBLISHED_ROUNDS = 20;
const QUICK_ROUNDS = 7;
const WINDOW_MS = 1_500;
const QUICK_WINDOW_MS = 1_000;

/**
 * Reads `--rounds N`, `--quick`, `--noisy`, `--changes`, `--callers`, `--without-peer` and `--output FILE`. Throws a RangeError or
 * TypeError that says what is wrong.
 */
export function readBenchOptions(commandLine: readonly string[], defaultOutput: string): BenchOptions {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean' },
      noisy: { type: 'boolean' },
      changes: { type: 'boolean' },
      callers: { type: 'boolean' },
      'without-peer': { type: 'boolean' },
      output: { type: 'string' },
    },
  });
  const quick = values.quick ?? false;
  const rounds =
    values.rounds === undefined ? (quick ? QUICK_ROUNDS : PUBLISHED_ROUNDS) : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 3 || rounds > 1_000) {
    throw new RangeError(`--rounds must be a whole number from 3 to 1000, not ${values.rounds ?? ''}`);
  }
  return {
    rounds,
    windowMs: quick ? QUICK_WINDOW_MS : WINDOW_MS,
    quick,
    noisy: values.noisy ?? false,
    changesOnly: values.changes ?? false,
    callersOnly: values.callers ?? false,
    withoutPeer: values['without-peer'] ?? false,
    output: values.output ?? defaultOutput,
  };
}
