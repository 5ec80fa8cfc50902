import { expect, it } from 'vitest';
import { latencySamplesOf } from './latency-samples-of.js';

const tokens = { prompt: 10, completion: 20, total: 30, source: 'provider' } as const;
const measured = { outcome: 'succeeded', durationMs: 500, streamed: false, tokens } as const;

it('divides a whole answer by the tokens of the answer', () => {
  expect(latencySamplesOf(measured)).toEqual([{ kind: 'per_token', latencyMs: 25 }]);
});

it('takes the whole time of an embedding', () => {
  const record = { ...measured, tokens: { ...tokens, completion: 0 } };
  expect(latencySamplesOf(record)).toEqual([{ kind: 'per_token', latencyMs: 500 }]);
});

it('takes the first byte of a stream, and nothing of one that told none', () => {
  const record = { ...measured, streamed: true, firstByteMs: 80 };
  expect(latencySamplesOf(record)).toEqual([{ kind: 'first_byte', latencyMs: 80 }]);
  expect(latencySamplesOf({ ...measured, streamed: true })).toEqual([]);
});

it.each([true, false])('takes a thousand seconds when it timed out (streamed: %s)', (streamed) => {
  expect(latencySamplesOf({ ...measured, streamed, outcome: 'timed_out' })).toEqual([
    { kind: 'per_token', latencyMs: 1_000_000 },
    { kind: 'first_byte', latencyMs: 1_000_000 },
  ]);
});

it('takes nothing of a caller that did not wait', () => {
  expect(latencySamplesOf({ ...measured, outcome: 'timed_out', callerTimedOut: true })).toEqual([]);
});

it.each(['failed', 'client_disconnected', 'upstream_broken'] as const)('takes nothing of %s', (outcome) => {
  expect(latencySamplesOf({ ...measured, outcome, firstByteMs: 1 })).toEqual([]);
});
