import type { UsageRecord } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { signalOfAttempt } from './signal-of-attempt.js';

it.each<[UsageRecord['outcome'], number, ReturnType<typeof signalOfAttempt>]>([
  ['succeeded', 200, 'answered'],
  ['failed', 400, 'answered'],
  ['failed', 403, 'answered'],
  ['failed', 422, 'answered'],
  ['failed', 401, 'authentication'],
  ['failed', 404, 'not_found'],
  ['failed', 408, 'timeout'],
  ['failed', 429, 'rate_limit'],
  ['failed', 500, 'internal_server'],
  ['failed', 502, 'bad_gateway'],
  ['failed', 503, 'service_unavailable'],
  ['failed', 504, 'timeout'],
  ['failed', 529, 'internal_server'],
  ['failed', 200, 'internal_server'],
  ['timed_out', 0, 'timeout'],
  ['timed_out', 200, 'timeout'],
  ['failed', 0, undefined],
  ['upstream_broken', 200, undefined],
  ['client_disconnected', 200, undefined],
  ['client_disconnected', 0, undefined],
])('an attempt that %s with status %i says: %s', (outcome, upstreamStatus, signal) => {
  expect(signalOfAttempt({ outcome, upstreamStatus })).toBe(signal);
});

it('a caller without patience says nothing: its time limits would take a deployment from all others', () => {
  const hurried = { outcome: 'timed_out', upstreamStatus: 0, callerTimedOut: true } as const;
  expect(signalOfAttempt(hurried)).toBeUndefined();
});
