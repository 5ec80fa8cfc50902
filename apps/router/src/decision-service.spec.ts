/** Fakes: the memory limit store; log lines are caught before they reach standard output. */
import type { RouteOutcome } from '@signalbox/contracts';
import { createLogger, type LogLevel } from '@signalbox/platform';
import { MemoryLimitStore } from '@signalbox/rate-limits';
import { usageBased } from '@signalbox/routing';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from '@signalbox/routing/testing';
import { expect, it } from 'vitest';
import { DecisionService } from './decision-service.js';

const secret = 'sk-never-shown';
const deployment = aDeployment({ id: 'us', region: aRegion('us'), upstream: { apiKey: secret } });

function aService(level: LogLevel) {
  const lines: string[] = [];
  const recorded: (readonly RouteOutcome[])[] = [];
  const service = new DecisionService(
    () => ({
      catalog: aCatalog([deployment]),
      facts: { learnedRegion: () => undefined, latencyMs: () => undefined, random: () => 0 },
      limits: new MemoryLimitStore(),
      rules: { strategy: usageBased, timeoutMs: 1_000 },
    }),
    { record: (outcomes) => recorded.push(outcomes) },
    createLogger({ service: 'router', level, destination: { write: (line) => lines.push(line) } }),
  );
  return { service, lines, recorded };
}

const requests = [
  aRouteRequest({ attemptId: 'one' }),
  aRouteRequest({ attemptId: 'two', residency: [{ allowed: ['eu'], from: 'end_user' }] }),
];

it('explains every decision in the debug log, without secrets', async () => {
  const { service, lines } = aService('debug');
  await service.decide(requests);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { msg: 'decision: chosen', attemptId: 'one', deploymentId: 'us', verdicts: [{ code: 'chosen' }] },
    {
      msg: 'decision: refused',
      attemptId: 'two',
      code: 'region_restricted',
      verdicts: [
        { deploymentId: 'us', code: 'region_outside', detail: 'region us is outside eu (end_user)' },
      ],
    },
  ]);
  expect(lines.join()).not.toContain(secret);
});

it('writes nothing per decision otherwise, and always counts', async () => {
  const { service, lines, recorded } = aService('info');
  const outcomes = await service.decide(requests);
  expect(lines).toEqual([]);
  expect(recorded).toEqual([outcomes]);
});
