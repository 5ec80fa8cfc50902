import { parseArgs } from 'node:util';

/** What can be measured alone, and what of it is written where. */
const parts = {
  callers: 'only what callers cost that are known and unknown; printed, not written',
  changes: 'only how fast changes arrive; printed, not written',
  reports: 'how long reports over 10 million attempts take; writes bench/reports.md',
  usage: 'how fast usage is counted and written down, by one replica and by two; writes bench/usage.md',
} as const;

/** All options but those of `parts`: what follows them, and what they are for. */
const settings = {
  rounds: { type: 'string', value: 'N', says: 'rounds, from 3 to 1000; 20 unless told' },
  quick: { type: 'boolean', says: '7 short rounds: a look' },
  noisy: { type: 'boolean', says: 'keep windows in which other processes were busy; the page says so' },
  'without-peer': { type: 'boolean', says: 'without the other gateway, which is not installed then' },
  output: { type: 'string', value: 'FILE', says: 'where the page of a whole run is written' },
  attempts: {
    type: 'string',
    value: 'N',
    says: 'of --reports: attempts in the ledger; 10,000,000 unless told',
  },
  days: { type: 'string', value: 'N', says: 'of --reports: days they are spread over; 90 unless told' },
  events: { type: 'string', value: 'N', says: 'of --usage: attempts to count; 200,000 unless told' },
  help: { type: 'boolean', says: 'this text' },
} as const;

export type BenchPart = keyof typeof parts;

/** What to measure, how long and how often. */
export interface BenchOptions {
  /** What is measured alone; `everything`: what makes the page of results. */
  readonly part: BenchPart | 'everything';
  readonly rounds: number;
  readonly windowMs: number;
  /** Quick runs are a look: fewer rounds, and not worth publishing. */
  readonly quick: boolean;
  /** Keep windows in which other processes were busy, on a machine that is never quiet. */
  readonly noisy: boolean;
  /** Leave the other gateway out, and do not install it. */
  readonly withoutPeer: boolean;
  /** Where the results are written, relative to the working directory. */
  readonly output: string;
  /** In the ledger that reports are asked for; pages of other numbers than the one unless told are not written. */
  readonly attempts: number;
  readonly days: number;
  /** To be counted; the same holds. */
  readonly events: number;
  /** Measure nothing, and show the options. */
  readonly help: boolean;
}

const PUBLISHED_ROUNDS = 20;
const QUICK_ROUNDS = 7;
const WINDOW_MS = 1_500;
const QUICK_WINDOW_MS = 1_000;
export const PUBLISHED_ATTEMPTS = 10_000_000;
export const PUBLISHED_EVENTS = 200_000;
const MOST = 1_000_000_000;

/** Throws a RangeError or TypeError that says what is wrong. */
export function readBenchOptions(commandLine: readonly string[], defaultOutput: string): BenchOptions {
  const { values } = parseArgs({
    args: [...commandLine],
    options: { ...settings, ...flagsOf(parts) },
  });
  const quick = values.quick ?? false;
  const alone = partNames.filter((name) => values[name] === true);
  if (alone.length > 1) {
    throw new RangeError(
      `only one of ${alone.map((name) => `--${name}`).join(', ')} can be measured at a time`,
    );
  }
  return {
    part: alone[0] ?? 'everything',
    rounds: wholeNumber('rounds', values.rounds, quick ? QUICK_ROUNDS : PUBLISHED_ROUNDS, 3, 1_000),
    windowMs: quick ? QUICK_WINDOW_MS : WINDOW_MS,
    quick,
    noisy: values.noisy ?? false,
    withoutPeer: values['without-peer'] ?? false,
    output: values.output ?? defaultOutput,
    attempts: wholeNumber('attempts', values.attempts, PUBLISHED_ATTEMPTS, 1, MOST),
    days: wholeNumber('days', values.days, 90, 1, 3_650),
    events: wholeNumber('events', values.events, PUBLISHED_EVENTS, 1_000, MOST),
    help: values.help ?? false,
  };
}

/** All options and what they are for. */
export function benchHelp(): string {
  const lines = [
    ...Object.entries(parts).map(([name, says]) => [`--${name}`, says]),
    ...Object.entries(settings).map(([name, setting]) => [
      `--${name}${'value' in setting ? ` ${setting.value}` : ''}`,
      setting.says,
    ]),
  ];
  return [
    'npm run bench [-- OPTIONS]',
    '',
    'Measures what a call costs against a bare proxy and another gateway; writes bench/results.md.',
    '',
    ...lines.map(([option = '', says = '']) => `  ${option.padEnd(16)}${says}`),
  ].join('\n');
}

const partNames = Object.keys(parts) as BenchPart[];

function flagsOf<Name extends string>(names: Readonly<Record<Name, string>>) {
  const flags = Object.keys(names).map((name) => [name, { type: 'boolean' }]);
  return Object.fromEntries(flags) as Record<Name, { type: 'boolean' }>;
}

function wholeNumber(
  name: keyof typeof settings,
  given: string | undefined,
  unlessTold: number,
  least: number,
  most: number,
): number {
  const number = given === undefined ? unlessTold : Number(given);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new RangeError(`--${name} must be a whole number from ${least} to ${most}, not ${given ?? ''}`);
}
