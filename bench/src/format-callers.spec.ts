import { expect, it } from 'vitest';
import { formatCallers } from './format-callers.js';

it('shows what every kind of caller costs, and how much that is of the first', () => {
  const cpuPerCall = {
    gateway: 500,
    router: 100,
    usage: 100,
    identity: 0,
    nats: 100,
    redis: 200,
    postgres: 0,
  };
  const one = {
    name: 'one caller',
    inPostgres: 5_000,
    calls: 2_400,
    cpuPerCall,
    cpuSum: 1_000,
    questionsPerCall: 0,
  };
  const page = formatCallers([
    one,
    { ...one, name: 'a caller never seen', inPostgres: 100_000, cpuSum: 2_500, questionsPerCall: 2 },
  ]);
  expect(page).toContain('| one caller | 5,000 | 500 | 100 | 100 | 0 | 100 | 200 | 0 | 1000 | 1.00 | 0.00 |');
  expect(page).toMatch(/\| a caller never seen \| 100,000 .* \| 2500 \| 2\.50 \| 2\.00 \|/);
  expect(page).toContain('Sums over 2400 calls per row');
});
