import { expect, it } from 'vitest';
import {
  latencyListKey,
  latencyWishKey,
  readLatencySample,
  writeLatencySample,
  writeLatencyWish,
} from './latency-samples.js';

// Redis outlives a deploy: these are as frozen as a message.
it('spells keys and wishes as it always did', () => {
  expect(latencyListKey('per_token', 'azure-eu')).toBe('sb:{usage}:latency:per_token:azure-eu');
  expect(latencyListKey('first_byte', 'azure-eu')).toBe('sb:{usage}:latency:first_byte:azure-eu');
  expect(latencyWishKey).toBe('sb:{usage}:latency:wish');
  expect(writeLatencyWish({ size: 10, ttlMs: 3_600_000 })).toBe('10 3600000');
});

it('reads the samples it writes', () => {
  const text = writeLatencySample({ startedAt: 1_795_168_200_123.4, latencyMs: 12.34567 });
  expect(text).toBe('1795168200123 12.346');
  expect(readLatencySample(text)).toEqual({ startedAt: 1_795_168_200_123, latencyMs: 12.346 });
});

it.each(['', '1', 'a b', '1 2 3', '1 Infinity'])('reads no sample from "%s"', (text) => {
  expect(readLatencySample(text)).toBeUndefined();
});
