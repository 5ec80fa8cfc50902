import type { Measurement } from './alternate.js';
import { formatChanges } from './format-changes.js';
import { formatTable } from './format-table.js';
import type { AdmissionCost } from './measure-admission.js';
import type { ChangeResults } from './measure-changes.js';

/** Everything one run found. */
export interface BenchResults {
  readonly command: string;
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly windowMs: number;
  readonly quick: boolean;
  readonly noisy: boolean;
  readonly saturated: {
    readonly direct: Measurement;
    readonly raw: Measurement;
    readonly control: Measurement;
    readonly few: Measurement;
    readonly many: Measurement;
  };
  readonly paced: {
    readonly direct: Measurement;
    readonly raw: Measurement;
    readonly signalbox: Measurement;
  };
  readonly streams: {
    readonly raw: Measurement;
    readonly control: Measurement;
    readonly signalbox: Measurement;
  };
  readonly memory: {
    readonly before: number;
    readonly after: number;
    /** Requests answered between the two. */
    readonly requests: number;
  };
  readonly usage: { readonly answered: number; readonly counted: number };
  readonly admission: readonly AdmissionCost[];
  readonly changes: ChangeResults;
}

const ROLES = ['gateway', 'router', 'usage', 'identity', 'nats', 'redis'] as const;

/** Writes the results as a page. */
export function formatResults(results: BenchResults): string {
  return [
    '# Benchmark results',
    `Made by \`${results.command}\` on ${results.date}. [README.md](README.md) says how it is measured. ` +
      `${results.rounds} rounds of ${results.windowMs} ms per row, medians, alternating in one run.` +
      (results.quick ? ' **A quick run: a look, not a figure to publish.**' : '') +
      (results.noisy ? ' **Other processes were busy meanwhile, and no window was discarded.**' : ''),
    formatTable(['machine', ''], Object.entries(results.machine)),
    '## Against the targets',
    targets(results),
    '## Saturated: processor microseconds per request',
    saturated(results),
    '## 1,000 requests per second: latency in milliseconds',
    paced(results),
    '## Streams of 100 chunks, all at once: processor microseconds per stream',
    streams(results),
    '## Admission alone: microseconds per admission',
    admission(results),
    formatChanges(results.changes),
    '## Memory and completeness',
    completeness(results),
    '',
  ].join('\n\n');
}

function gatewayCpu(measurement: Measurement): number {
  return measurement.cpuPerRequest['gateway'] ?? Number.NaN;
}

function targets(results: BenchResults): string {
  const { raw, control, few, many } = results.saturated;
  const stream = results.streams;
  const row = (name: string, value: number, milestone: number, goal: number): string[] => [
    name,
    ratio(value),
    `<= ${milestone}`,
    `<= ${goal}`,
    value <= goal ? 'goal' : value <= milestone ? 'milestone' : '**missed**',
  ];
  return (
    formatTable(
      ['ratio', 'measured', 'first milestone', 'goal', 'reached'],
      [
        row('gateway CPU, x raw proxy', gatewayCpu(few) / raw.cpuSum, 3, 2),
        row('system CPU, x raw proxy', few.cpuSum / raw.cpuSum, 7, 4),
        row('streams, gateway CPU, x raw pipe', gatewayCpu(stream.signalbox) / stream.raw.cpuSum, 1.5, 1.2),
        row('300 candidate deployments, x 3, system CPU', many.cpuSum / few.cpuSum, 2, 1.3),
        row('admission among 300 candidates, x 3, eight at once', admissionRatio(results.admission, 8), 5, 5),
      ],
    ) +
    `\n\nThe control pair, two raw proxies of identical code, differed by a factor of ${ratio(control.cpuSum / raw.cpuSum)}: ` +
    'differences of that size are noise, and nothing under 15 % is claimed.'
  );
}

/** CPU of Redis and of who asks, of one admission among the most candidates over that among the fewest. */
function admissionRatio(costs: readonly AdmissionCost[], batch: number): number {
  const sums = costs.filter((cost) => cost.batch === batch).map((cost) => cost.redisUs + cost.clientUs);
  return (sums.at(-1) ?? Number.NaN) / (sums[0] ?? Number.NaN);
}

function admission({ admission: costs }: BenchResults): string {
  const cells = (cost: AdmissionCost): string[] => {
    const sum = cost.redisUs + cost.clientUs;
    const least = costs.find(({ batch }) => batch === cost.batch);
    return [
      `${cost.candidates}, ${cost.batch === 1 ? 'one at a time' : `${cost.batch} at once`}`,
      whole(cost.redisUs),
      whole(cost.clientUs),
      whole(sum),
      ratio(sum / ((least?.redisUs ?? Number.NaN) + (least?.clientUs ?? Number.NaN))),
      whole(cost.elapsedUs),
    ];
  };
  return (
    formatTable(
      ['candidates', 'redis CPU', 'client CPU', 'sum', 'x fewest', 'time to the answer'],
      costs.map(cells),
    ) +
    '\n\nOne process asks one Redis, waiting for each answer before it asks again. Admissions asked for at once share a round trip.'
  );
}

function saturated({ saturated: rows }: BenchResults): string {
  const all = [
    { name: 'raw Node proxy', of: rows.raw },
    { name: 'raw Node proxy, control', of: rows.control },
    { name: 'Signalbox, 3 candidates', of: rows.few },
    { name: 'Signalbox, 300 candidates', of: rows.many },
  ];
  return formatTable(
    ['32 connections', ...ROLES, 'sum', 'x raw', 'requests/s', 'windows'],
    [
      [
        'fake upstream, direct',
        ...ROLES.map(() => ''),
        '',
        '',
        whole(rows.direct.requestsPerSecond),
        windows(rows.direct),
      ],
      ...all.map(({ name, of }) => [
        name,
        ...cpuCells(of),
        whole(of.cpuSum),
        ratio(of.cpuSum / rows.raw.cpuSum),
        whole(of.requestsPerSecond),
        windows(of),
      ]),
    ],
  );
}

function paced({ paced: { direct, raw, signalbox } }: BenchResults): string {
  const row = (name: string, of: Measurement): string[] => [
    name,
    tenths(of.p50),
    tenths(of.p99),
    tenths(of.p50 - direct.p50),
    tenths(of.p99 - direct.p99),
    whole(of.cpuSum),
    windows(of),
  ];
  return formatTable(
    ['', 'p50', 'p99', 'added p50', 'added p99', 'CPU us/request', 'windows'],
    [row('fake upstream, direct', direct), row('raw Node proxy', raw), row('Signalbox', signalbox)],
  );
}

function streams({ streams: { raw, control, signalbox } }: BenchResults): string {
  const row = (name: string, of: Measurement): string[] => [
    name,
    ...cpuCells(of),
    whole(of.cpuSum),
    ratio(of.cpuSum / raw.cpuSum),
    windows(of),
  ];
  return formatTable(
    ['8 connections', ...ROLES, 'sum', 'x raw', 'windows'],
    [row('raw Node pipe', raw), row('raw Node pipe, control', control), row('Signalbox', signalbox)],
  );
}

function completeness({ memory, usage }: BenchResults): string {
  return formatTable(
    ['', ''],
    [
      ['gateway memory before the first window', `${whole(memory.before)} MB`],
      [
        `gateway memory ${memory.requests} requests later`,
        `${whole(memory.after)} MB (x ${ratio(memory.after / memory.before)})`,
      ],
      ['requests answered by Signalbox', String(usage.answered)],
      ['requests counted by its usage service', String(usage.counted)],
    ],
  );
}

function cpuCells(of: Measurement): string[] {
  const proxy = of.cpuPerRequest['proxy'];
  if (proxy !== undefined) return [whole(proxy), ...ROLES.slice(1).map(() => '')];
  return ROLES.map((role) => whole(of.cpuPerRequest[role] ?? Number.NaN));
}

function windows(of: Measurement): string {
  const others = `others took ${(of.foreignShare * 100).toFixed(0)} %`;
  return `${of.windows} (${of.discarded} discarded; ${others})`;
}

const whole = (value: number): string => value.toFixed(0);
const tenths = (value: number): string => value.toFixed(2);
const ratio = (value: number): string => value.toFixed(2);
