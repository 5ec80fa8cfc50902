/** Fake: timers. */
import { aCatalog } from '@signalbox/routing/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EarlierCatalogs } from './earlier-catalogs.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const versions = ({ catalogs }: EarlierCatalogs): string[] => catalogs.map(({ version }) => version);

it('keeps what was replaced for two minutes', () => {
  const earlier = new EarlierCatalogs();
  earlier.keep(aCatalog([], { version: 'first' }));
  vi.advanceTimersByTime(60_000);
  earlier.keep(aCatalog([], { version: 'second' }));
  expect(versions(earlier)).toEqual(['second', 'first']);
  vi.advanceTimersByTime(60_000);
  expect(versions(earlier)).toEqual(['second']);
  vi.advanceTimersByTime(60_000);
  expect(versions(earlier)).toEqual([]);
});

it('keeps a few only, the newest', () => {
  const earlier = new EarlierCatalogs();
  for (let change = 1; change <= 20; change += 1) earlier.keep(aCatalog([], { version: String(change) }));
  expect(versions(earlier)).toEqual(['20', '19', '18', '17', '16', '15', '14', '13']);
});
