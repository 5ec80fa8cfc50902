import { expect, it } from 'vitest';
import { rowsThatFit } from './rows-that-fit.js';

const ofBytes = (bytes: number) => 'x'.repeat(bytes);

it('leaves a message smaller than a megabyte, and never empty', () => {
  const rows = Array.from({ length: 1_000 }, () => ofBytes(1_500));
  const fitting = rowsThatFit(rows);
  expect(fitting.length).toBeGreaterThan(500);
  expect(JSON.stringify(fitting).length).toBeLessThan(1_000_000);
  expect(rowsThatFit(rows.slice(0, 10))).toHaveLength(10);
  expect(rowsThatFit([ofBytes(900_000), ofBytes(1)])).toHaveLength(1);
  expect(rowsThatFit([])).toEqual([]);
});
