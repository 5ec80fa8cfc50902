import fc from 'fast-check';
import { expect, it } from 'vitest';
import { budgetWindow } from './budget-window.js';

const windowOf = (duration: string, moment: string) => {
  const { start, end } = budgetWindow(duration, Date.parse(moment));
  return [start, end].map((time) => new Date(time).toISOString().slice(0, 19));
};

it.each([
  ['30s', '2026-11-21T10:20:40Z', '2026-11-21T10:20:30', '2026-11-21T10:21:00'],
  ['5m', '2026-11-21T10:22:40Z', '2026-11-21T10:20:00', '2026-11-21T10:25:00'],
  ['1h', '2026-11-21T10:22:40Z', '2026-11-21T10:00:00', '2026-11-21T11:00:00'],
  ['24h', '2026-11-21T10:22:40Z', '2026-11-21T00:00:00', '2026-11-22T00:00:00'],
  ['1d', '2026-11-21T10:22:40Z', '2026-11-21T00:00:00', '2026-11-22T00:00:00'],
  ['7d', '2026-11-21T10:22:40Z', '2026-11-16T00:00:00', '2026-11-23T00:00:00'],
  ['1w', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00', '2026-11-30T00:00:00'],
  ['30d', '2026-11-21T10:22:40Z', '2026-11-01T00:00:00', '2026-12-01T00:00:00'],
  ['1mo', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00', '2027-01-01T00:00:00'],
  ['3mo', '2028-02-29T12:00:00Z', '2028-01-01T00:00:00', '2028-04-01T00:00:00'],
])('a budget of %s at %s counts from %s until %s', (duration, moment, start, end) => {
  expect(windowOf(duration, moment)).toEqual([start, end]);
});

it('never ends without a duration', () => {
  expect(budgetWindow(undefined, 1)).toEqual({ start: 0, end: Infinity });
});

it('leaves no moment out and none in two windows', () => {
  const duration = fc
    .tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom('s', 'm', 'h', 'd', 'w', 'mo'))
    .map(([count, unit]) => `${count}${unit}`);
  fc.assert(
    fc.property(duration, fc.integer({ min: 0, max: 8e12 }), (words, now) => {
      const { start, end } = budgetWindow(words, now);
      expect(start).toBeLessThanOrEqual(now);
      expect(end).toBeGreaterThan(now);
      expect(budgetWindow(words, end).start).toBe(end);
      expect(budgetWindow(words, end - 1).start).toBe(start);
    }),
  );
});
