import { expect, it } from 'vitest';
import { formatUsage } from './format-usage.js';

it('shows events per second and what each costs, and what a gateway does without the service', () => {
  const run = {
    name: 'attempts: Redis and ledger',
    replicas: 1,
    events: 180_000,
    elapsedMs: 20_000,
    cpuPerEvent: { usage: 60, redis: 30, nats: 4, postgres: 70 },
  };
  const page = formatUsage({
    events: 200_000,
    runs: [run, { ...run, replicas: 2, elapsedMs: 15_000 }],
    away: { rounds: 10, gateway: { present: 400, away: 380 }, answered: 25_000, counted: 25_000 },
  });
  expect(page).toContain('| attempts: Redis and ledger | 1 | 9,000 | 60 | 30 | 4 | 70 |');
  expect(page).toContain('| attempts: Redis and ledger | 2 | 12,000 | 60 | 30 | 4 | 70 |');
  expect(page).toContain('takes 400 processor microseconds per call while the usage service is there, 380');
  expect(page).toContain('(x 0.95)');
  expect(page).toContain('Of 25,000 calls that were answered, 25,000 attempts were counted');
});
