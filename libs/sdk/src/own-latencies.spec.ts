/** Real: OwnLatencies. The clock is a number. */
import { expect, it } from 'vitest';
import { OwnLatencies } from './own-latencies.js';

const attempt = {
  attemptId: 'a',
  requestId: 'r',
  outcome: 'succeeded',
  upstreamStatus: 200,
  streamed: false,
  deploymentId: 'eu',
  modelGroup: 'gpt-4o',
  region: null,
  keyHash: null,
  teamId: null,
  endUserId: null,
  tokens: { prompt: 1, completion: 10, total: 11, source: 'provider' },
} as const;

it('is the mean of the newest attempts that are not too old', () => {
  let now = 0;
  const latencies = new OwnLatencies({ ttlMs: 100, maxSamples: 2 }, () => now);
  expect(latencies.latencyOf({ id: 'eu' }, false)).toBeUndefined();
  for (const [startedAt, durationMs] of [
    [0, 900],
    [10, 100],
    [60, 300],
  ] as const) {
    latencies.note({ ...attempt, startedAt, durationMs });
  }
  expect(latencies.latencyOf({ id: 'eu' }, false)).toBe(20);
  now = 150;
  expect(latencies.latencyOf({ id: 'eu' }, false)).toBe(30);
  now = 200;
  expect(latencies.latencyOf({ id: 'eu' }, false)).toBeUndefined();
});

it('keeps streams apart', () => {
  const latencies = new OwnLatencies({ ttlMs: 100, maxSamples: 2 }, () => 0);
  latencies.note({ ...attempt, startedAt: 0, durationMs: 500, streamed: true, firstByteMs: 40 });
  expect(latencies.latencyOf({ id: 'eu' }, true)).toBe(40);
  expect(latencies.latencyOf({ id: 'eu' }, false)).toBeUndefined();
  expect(latencies.latencyOf({ id: 'us' }, true)).toBeUndefined();
});
