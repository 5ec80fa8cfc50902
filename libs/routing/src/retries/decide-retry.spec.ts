import { describe, expect, it } from 'vitest';
import { decideRetry, retriesAllowed, waitBeforeRetry } from './decide-retry.js';
import type { FailureClass, RetryRules } from './retry-rules.js';

const rules: RetryRules = { numRetries: 2, retryAfterMs: 0, retryPolicy: {}, modelGroupRetryPolicy: {} };
const withPolicies: RetryRules = {
  ...rules,
  retryPolicy: { rate_limit: 4, bad_request: 1, internal_server: 0 },
  modelGroupRetryPolicy: { 'gpt-4': { rate_limit: 3 } },
};

function allowed(failure: FailureClass, words: object = {}, of = rules): number {
  return retriesAllowed(of, { failure, modelNames: ['gpt-4'], ...words });
}

describe('retries', () => {
  it.each<[FailureClass, number]>([
    ['timeout', 2],
    ['conflict', 2],
    ['rate_limit', 2],
    ['internal_server', 2],
    ['connection', 2],
    ['bad_request', 0],
    ['authentication', 0],
    ['not_found', 0],
    ['content_policy', 0],
  ])('after %s: %i', (failure, count) => {
    expect(allowed(failure)).toBe(count);
  });

  it('are as many as the client asks for, else the deployment, else the configuration', () => {
    expect(allowed('timeout', { ofDeployment: 1 })).toBe(1);
    expect(allowed('timeout', { ofDeployment: 1, asked: 5 })).toBe(5);
    expect(allowed('timeout', { asked: 0 })).toBe(0);
    expect(allowed('bad_request', { asked: 5 })).toBe(0);
  });

  it('follow a policy, that of the model group before the general one, and the client may only lower it', () => {
    expect(allowed('rate_limit', {}, withPolicies)).toBe(3);
    expect(allowed('rate_limit', { modelNames: ['claude'] }, withPolicies)).toBe(4);
    expect(allowed('bad_request', {}, withPolicies)).toBe(1);
    expect(allowed('internal_server', { asked: 5 }, withPolicies)).toBe(0);
    expect(allowed('rate_limit', { asked: 1 }, withPolicies)).toBe(1);
    expect(allowed('timeout', { ofDeployment: 6 }, withPolicies)).toBe(6);
  });

  it('are never more than ten', () => {
    expect(allowed('timeout', { asked: 1_000 })).toBe(10);
    expect(allowed('timeout', {}, { ...rules, retryPolicy: { timeout: 50 } })).toBe(10);
  });

  it('end when they are used up', () => {
    const question = { failure: 'timeout' as const, modelNames: [] };
    expect(decideRetry(rules, { ...question, retriesMade: 1 })).toEqual({ mayRetry: true, maxRetries: 2 });
    expect(decideRetry(rules, { ...question, retriesMade: 2 })).toEqual({ mayRetry: false, maxRetries: 2 });
  });
});

describe('the wait before the same deployment is tried again', () => {
  const backoff = { firstMs: 500, longestMs: 8_000 };
  const wait = (words: object, retryAfterMs = 0) =>
    waitBeforeRetry({ retryAfterMs }, backoff, { waitsMade: 0, dice: 0, ...words });

  it('doubles up to the longest', () => {
    const waits = [0, 1, 2, 3, 4, 5, 50].map((waitsMade) => wait({ waitsMade }));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it('is shortened by up to a quarter', () => {
    expect(wait({ dice: 0.5 })).toBe(437.5);
    expect(wait({ dice: 1 })).toBe(375);
  });

  it('is what the provider asks for, unless that is too long', () => {
    expect(wait({ providerAskedMs: 7_000, dice: 0.5 })).toBe(7_000);
    expect(wait({ providerAskedMs: 60_001 })).toBeUndefined();
    expect(wait({ providerAskedMs: 0 })).toBe(500);
  });

  it('is never shorter than retry_after', () => {
    expect(wait({}, 3_000)).toBe(3_000);
    expect(wait({ providerAskedMs: 1_000 }, 3_000)).toBe(3_000);
  });
});
