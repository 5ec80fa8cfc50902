import { describe, expect, it } from 'vitest';
import { aDeployment, aRouteRequest, chiSquare, seededDice } from '../testing-builders.js';
import { latencyBased } from './latency-based.js';

interface Speed {
  readonly perToken?: number;
  readonly firstByte?: number;
}

function arranged(
  speeds: Readonly<Record<string, Speed>>,
  { buffer = 0, stream = false, random = seededDice(1) } = {},
): string {
  const candidates = Object.keys(speeds).map((id) => ({ deployment: aDeployment({ id }) }));
  return latencyBased({ lowestLatencyBuffer: buffer })
    .arrange(candidates, aRouteRequest({ stream }), {
      random,
      latencyMs: ({ id }, streamed) => (streamed ? speeds[id]?.firstByte : speeds[id]?.perToken),
    })
    .map(({ deployment }) => deployment.id)
    .join('');
}

function counted(draw: (random: () => number) => string): ReadonlyMap<string, number> {
  const random = seededDice(11);
  const counts = new Map<string, number>();
  for (let at = 0; at < 4_000; at += 1) {
    const order = draw(random);
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  return counts;
}

describe('latency-based-routing', () => {
  it('takes the fastest per token first, then the next faster', () => {
    expect(arranged({ a: { perToken: 30 }, b: { perToken: 10 }, c: { perToken: 20 } })).toBe('bca');
  });

  it('takes for a stream the one whose first byte comes soonest', () => {
    const speeds = { a: { perToken: 1, firstByte: 900 }, b: { perToken: 50, firstByte: 80 } };
    expect(arranged(speeds, { stream: true })).toBe('ba');
    expect(arranged(speeds)).toBe('ab');
  });

  it('tries those nobody knows before all others', () => {
    const speeds = { a: { perToken: 1 }, b: {}, c: { perToken: 2 }, d: {} };
    const counts = counted((random) => arranged(speeds, { random, buffer: 9 }));
    expect(chiSquare(counts, { bdac: 1, dbac: 1 })).toMatchObject({ fits: true });
  });

  it('draws lots among all within the buffer above the lowest, and only those', () => {
    const speeds = { a: { perToken: 14.9 }, b: { perToken: 10 }, c: { perToken: 15.1 }, d: { perToken: 15 } };
    const counts = counted((random) => arranged(speeds, { random, buffer: 0.5 }));
    const even = { abdc: 1, adbc: 1, badc: 1, bdac: 1, dabc: 1, dbac: 1 };
    expect(chiSquare(counts, even)).toMatchObject({ fits: true });
  });

  it('draws lots among equals without any buffer', () => {
    const counts = counted((random) => arranged({ a: { perToken: 5 }, b: { perToken: 5 } }, { random }));
    expect(chiSquare(counts, { ab: 1, ba: 1 })).toMatchObject({ fits: true });
  });
});
