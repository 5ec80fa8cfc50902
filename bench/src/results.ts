import { ROLE_BESIDE, type Measurement } from './alternate.js';
import { formatCallers } from './format-callers.js';
import { formatChanges } from './format-changes.js';
import { formatTable } from './format-table.js';
import { formatTargets } from './format-targets.js';
import type { AdmissionCost } from './measure-admission.js';
import type { CallerCost } from './measure-callers.js';
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
  /** Name and version of the other gateway, when it took part. */
  readonly peer: string | undefined;
  readonly saturated: {
    readonly direct: Measurement;
    readonly raw: Measurement;
    readonly control: Measurement;
    readonly few: Measurement;
    readonly many: Measurement;
    readonly peer?: Measurement;
  };
  readonly paced: {
    readonly direct: Measurement;
    readonly raw: Measurement;
    readonly signalbox: Measurement;
    readonly peer?: Measurement;
  };
  readonly streams: {
    readonly raw: Measurement;
    readonly control: Measurement;
    readonly signalbox: Measurement;
    readonly peer?: Measurement;
  };
  readonly memory: {
    readonly before: number;
    readonly after: number;
    /** Requests answered between the two. */
    readonly requests: number;
  };
  readonly usage: { readonly answered: number; readonly counted: number };
  readonly admission: readonly AdmissionCost[];
  readonly callers: readonly CallerCost[];
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
    formatTargets(results),
    '## Saturated: processor microseconds per request',
    saturated(results),
    '## 1,000 requests per second: latency in milliseconds',
    paced(results),
    '## Streams of 100 chunks, all at once: processor microseconds per stream',
    streams(results),
    '## Admission alone: microseconds per admission',
    admission(results),
    formatCallers(results.callers),
    formatChanges(results.changes),
    '## Memory and completeness',
    completeness(results),
    '',
  ].join('\n\n');
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

function saturated({ saturated: rows, peer }: BenchResults): string {
  const all = [
    { name: 'raw Node proxy', of: rows.raw },
    { name: 'raw Node proxy, control', of: rows.control },
    { name: 'Signalbox, 3 candidates', of: rows.few },
    { name: 'Signalbox, 300 candidates', of: rows.many },
    ...peerRow(peer, rows.peer),
  ];
  return formatTable(
    ['32 connections', ...ROLES, 'sum', 'x raw', `beside: ${ROLE_BESIDE}`, 'requests/s', 'windows'],
    [
      [
        'fake upstream, direct',
        ...ROLES.map(() => ''),
        '',
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
        besideCell(of),
        whole(of.requestsPerSecond),
        windows(of),
      ]),
    ],
  );
}

function paced({ paced: { direct, ...rows }, peer }: BenchResults): string {
  const all = [
    { name: 'fake upstream, direct', of: direct },
    { name: 'raw Node proxy', of: rows.raw },
    { name: 'Signalbox', of: rows.signalbox },
    ...peerRow(peer, rows.peer),
  ];
  return formatTable(
    ['', 'p50', 'p99', 'added p50', 'added p99', 'requests/s', 'CPU us/request', 'windows'],
    all.map(({ name, of }) => [
      name,
      tenths(of.p50),
      tenths(of.p99),
      tenths(of.p50 - direct.p50),
      tenths(of.p99 - direct.p99),
      whole(of.requestsPerSecond),
      whole(of.cpuSum),
      windows(of),
    ]),
  );
}

function streams({ streams: rows, peer }: BenchResults): string {
  const all = [
    { name: 'raw Node pipe', of: rows.raw },
    { name: 'raw Node pipe, control', of: rows.control },
    { name: 'Signalbox', of: rows.signalbox },
    ...peerRow(peer, rows.peer),
  ];
  return formatTable(
    ['8 connections', ...ROLES, 'sum', 'x raw', `beside: ${ROLE_BESIDE}`, 'windows'],
    all.map(({ name, of }) => [
      name,
      ...cpuCells(of),
      whole(of.cpuSum),
      ratio(of.cpuSum / rows.raw.cpuSum),
      besideCell(of),
      windows(of),
    ]),
  );
}

interface Row {
  readonly name: string;
  readonly of: Measurement;
}

function peerRow(name: string | undefined, of: Measurement | undefined): Row[] {
  return name === undefined || of === undefined ? [] : [{ name, of }];
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

function besideCell(of: Measurement): string {
  const microseconds = of.cpuPerRequest[ROLE_BESIDE];
  return microseconds === undefined ? '' : whole(microseconds);
}

function windows(of: Measurement): string {
  const others = `others took ${(of.foreignShare * 100).toFixed(0)} %`;
  return `${of.windows} (${of.discarded} discarded; ${others})`;
}

const whole = (value: number): string => value.toFixed(0);
const tenths = (value: number): string => value.toFixed(2);
const ratio = (value: number): string => value.toFixed(2);
