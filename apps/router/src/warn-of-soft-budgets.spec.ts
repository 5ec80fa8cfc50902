/** Fakes: the memory limit store; log lines are caught before they reach standard output. */
import { decideBatch } from '@signalbox/decisions';
import { createLogger } from '@signalbox/platform';
import { MemoryLimitStore } from '@signalbox/rate-limits';
import { usageBased } from '@signalbox/routing';
import { aCatalog, aDeployment, aRouteRequest } from '@signalbox/routing/testing';
import { expect, it } from 'vitest';
import { warnOfSoftBudgets } from './warn-of-soft-budgets.js';

it('tells the log once that a soft budget is spent, and by whom; calls go on', async () => {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'router',
    level: 'info',
    destination: { write: (line) => lines.push(line) },
  });
  const sources = {
    catalog: aCatalog([aDeployment({ inputCostPerToken: 0.5, outputCostPerToken: 0 })]),
    facts: { learnedRegion: () => undefined, latencyMs: () => undefined, random: () => 0 },
    limits: new MemoryLimitStore(),
    rules: { strategy: usageBased, timeoutMs: 1_000 },
    onSoftBudget: warnOfSoftBudgets(logger),
  };
  const budgets = [{ softNanoDollars: 1_000_000_000, duration: '1d' }];
  const scopes = [{ kind: 'team' as const, id: 'red', budgets }];
  for (const attemptId of ['one', 'two', 'three']) {
    const [outcome] = await decideBatch(sources, [aRouteRequest({ attemptId, promptTokens: 2, scopes })]);
    expect(outcome?.outcome).toBe('chosen');
  }
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'warn', scope: 'team', id: 'red', duration: '1d', softBudget: '1', spent: '1' },
  ]);
});
