import type { Measurement } from './alternate.js';
import { formatTable } from './format-table.js';
import type { AdmissionCost } from './measure-admission.js';
import type { BenchResults } from './results.js';

type CostResults = Pick<BenchResults, 'saturated' | 'paced' | 'streams' | 'admission' | 'peer'>;

/** Writes the table of targets, and what is to be known about the figures in it. */
export function formatTargets(results: CostResults): string {
  const { raw, control, few, many } = results.saturated;
  const stream = results.streams;
  return (
    formatTable(
      ['ratio', 'measured', 'first milestone', 'goal', 'reached'],
      [
        atMost('gateway CPU, x raw proxy', gatewayCpu(few) / raw.cpuSum, 3, 2),
        atMost('system CPU, x raw proxy', few.cpuSum / raw.cpuSum, 7, 4),
        atMost(
          'streams, gateway CPU, x raw pipe',
          gatewayCpu(stream.signalbox) / stream.raw.cpuSum,
          1.5,
          1.2,
        ),
        atMost('300 candidate deployments, x 3, system CPU', many.cpuSum / few.cpuSum, 2, 1.3),
        atMost(
          'admission among 300 candidates, x 3, eight at once',
          admissionRatio(results.admission, 8),
          5,
          5,
        ),
        ...peerTargets(results),
      ],
    ) +
    `\n\nThe control pair, two raw proxies of identical code, differed by a factor of ${ratio(control.cpuSum / raw.cpuSum)}: ` +
    'differences of that size are noise, and nothing under 15 % is claimed.' +
    `\n\n${aboutPeer(results.peer)}`
  );
}

function peerTargets({ saturated: loaded, paced: steady }: CostResults): string[][] {
  if (loaded.peer === undefined || steady.peer === undefined) return [];
  const addedP99 = (of: Measurement): number => of.p99 - steady.direct.p99;
  return [
    atLeast("peer's CPU, x our system CPU", loaded.peer.cpuSum / loaded.few.cpuSum, 2, 3.5),
    atLeast(
      "peer's p99 added at 1,000 requests/s, x ours",
      addedP99(steady.peer) / addedP99(steady.signalbox),
      2,
      5,
    ),
  ];
}

function aboutPeer(peer: string | undefined): string {
  return peer === undefined
    ? 'No other gateway took part in this run.'
    : `The peer is the ${peer}, run as a plain proxy: it checks no key, keeps no limit and records no usage.`;
}

function atMost(name: string, value: number, milestone: number, goal: number): string[] {
  const reached = value <= goal ? 'goal' : value <= milestone ? 'milestone' : '**missed**';
  return [name, ratio(value), `<= ${milestone}`, `<= ${goal}`, reached];
}

function atLeast(name: string, value: number, milestone: number, goal: number): string[] {
  const reached = value >= goal ? 'goal' : value >= milestone ? 'milestone' : '**missed**';
  return [name, ratio(value), `>= ${milestone}`, `>= ${goal}`, reached];
}

/** CPU of Redis and of who asks, of one admission among the most candidates over that among the fewest. */
function admissionRatio(costs: readonly AdmissionCost[], batch: number): number {
  const sums = costs.filter((cost) => cost.batch === batch).map((cost) => cost.redisUs + cost.clientUs);
  return (sums.at(-1) ?? Number.NaN) / (sums[0] ?? Number.NaN);
}

function gatewayCpu(measurement: Measurement): number {
  return measurement.cpuPerRequest['gateway'] ?? Number.NaN;
}

const ratio = (value: number): string => value.toFixed(2);
