import { describe, expect, it } from 'vitest';
import { askedTimeoutMs, askedRetries } from './call-wishes.js';

describe('askedRetries', () => {
  it.each([
    [{ 'x-litellm-num-retries': '1' }, { num_retries: 5 }, 1],
    [{}, { num_retries: 5 }, 5],
    [{ 'x-litellm-num-retries': '0' }, { num_retries: 5 }, 0],
    [{}, {}, undefined],
    [{ 'x-litellm-num-retries': 'many' }, {}, undefined],
    [{ 'x-litellm-num-retries': '-1' }, {}, undefined],
  ])('of %j and %j is %s', (headers, body, expected) => {
    expect(askedRetries(headers, body)).toBe(expected);
  });
});

describe('time limits', () => {
  it('are asked for in seconds', () => {
    expect(askedTimeoutMs('1.5', undefined)).toBe(1_500);
    expect(askedTimeoutMs(undefined, 2)).toBe(2_000);
    expect(askedTimeoutMs('0', undefined)).toBeUndefined();
  });
});
