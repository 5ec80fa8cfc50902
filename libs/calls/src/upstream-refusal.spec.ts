import { describe, expect, it } from 'vitest';
import { upstreamRefusal } from './upstream-refusal.js';

function askedMs(headers: Record<string, string>): number | undefined {
  return upstreamRefusal({ status: 429, headers }, Buffer.from('{}'), []).providerAskedMs;
}

describe('how long a provider asks to be left alone', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '7', 'retry-after-ms': '6500' }, 6_500],
    [{ 'retry-after': '7', 'retry-after-ms': 'soon' }, 7_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1e12' }, 86_400_000],
    [{ 'retry-after': '1e306' }, 86_400_000],
    [{ 'retry-after': 'Infinity' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }, undefined],
    [{}, undefined],
  ])('%j: %s', (headers, milliseconds) => {
    expect(askedMs(headers)).toBe(milliseconds);
  });
});
