import { describe, expect, it } from 'vitest';
import { aDeployment } from '../testing-builders.js';
import type { CooldownRules, FailureCounts } from './cooldown-rules.js';
import {
  decideCooldown,
  type CooldownDecision,
  type CooldownEvent,
  type CooldownState,
  type CooldownSubject,
} from './decide-cooldown.js';
import type { CooldownSignal } from './signal-of-attempt.js';

const now = 1_000_000;
const litellm: CooldownRules = { disabled: false, timeMs: 5_000, allowedFailsPolicy: {} };
const oneOfTwo: CooldownSubject = { deployment: aDeployment(), groupSize: 2 };
const alone: CooldownSubject = { deployment: aDeployment(), groupSize: 1 };

interface Words {
  readonly rules?: Partial<CooldownRules>;
  readonly subject?: CooldownSubject;
  readonly state?: Partial<CooldownState>;
  readonly event?: Partial<CooldownEvent>;
}

/** Decides after each of the attempts, all of one minute; the last decision that was not "none", if any. */
function after(signals: readonly CooldownSignal[], words: Words = {}): CooldownDecision {
  let requests = 0;
  let failures: FailureCounts = {};
  let last: CooldownDecision = { action: 'none' };
  for (const signal of signals) {
    requests += 1;
    if (signal !== 'answered') failures = { ...failures, [signal]: (failures[signal] ?? 0) + 1 };
    const state = { requests, failures, ...words.state };
    const event = { signal, startedAt: now, ...words.event };
    const rules = { ...litellm, ...words.rules };
    const decision = decideCooldown(rules, words.subject ?? oneOfTwo, state, event, now);
    if (decision.action !== 'none') last = decision;
  }
  return last;
}

const times = (count: number, signal: CooldownSignal): CooldownSignal[] =>
  Array.from({ length: count }, () => signal);
const some = (failed: number, answered: number, failure: CooldownSignal = 'internal_server') => [
  ...times(answered, 'answered'),
  ...times(failed, failure),
];
const none = { action: 'none' };

describe('by default, as LiteLLM', () => {
  it.each<[string, CooldownSignal[], CooldownSubject, CooldownDecision['action']]>([
    ['one alone answering 429, 20 times', times(20, 'rate_limit'), alone, 'none'],
    ['one of two answering 429, once', ['rate_limit'], oneOfTwo, 'cool'],
    ['one of three failing 25 of 100', some(25, 75), { ...oneOfTwo, groupSize: 3 }, 'none'],
    ['one of two failing 6 of 10', some(6, 4), oneOfTwo, 'cool'],
    ['one of two failing 5 of 10', some(5, 5), oneOfTwo, 'none'],
    ['one of two failing 4 of 4', some(4, 0), oneOfTwo, 'none'],
    ['one of two failing 5 of 5', some(5, 0), oneOfTwo, 'cool'],
    ['one alone failing 999 of 999', some(999, 0), alone, 'none'],
    ['one alone failing 1,000 of 1,000', some(1_000, 0), alone, 'cool'],
    ['one alone failing 1,000 of 1,001', some(1_000, 1), alone, 'none'],
    ['one of two timing out 6 of 10', some(6, 4, 'timeout'), oneOfTwo, 'cool'],
    ['one of two whose key is refused, once', ['authentication'], oneOfTwo, 'cool'],
    ['one of two whose model is not there, once', ['not_found'], oneOfTwo, 'cool'],
    ['one alone whose key is refused, 20 times', times(20, 'authentication'), alone, 'none'],
  ])('%s', (_case, signals, subject, action) => {
    expect(after(signals, { subject }).action).toBe(action);
  });

  it('says why', () => {
    expect(after(['rate_limit'])).toEqual({ action: 'cool', reason: 'rate_limited', forMs: 5_000 });
    expect(after(['not_found'])).toMatchObject({ reason: 'misconfigured' });
    expect(after(some(6, 4))).toMatchObject({ reason: 'mostly_failing' });
    expect(after(some(1_000, 0), { subject: alone })).toMatchObject({ reason: 'only_failing' });
  });
});

describe('with allowed failures', () => {
  it('cools with one more than allowed, also one alone', () => {
    const rules = { allowedFails: 3 };
    expect(after(times(3, 'rate_limit'), { rules })).toEqual(none);
    expect(after(times(4, 'rate_limit'), { rules })).toMatchObject({ reason: 'allowed_fails' });
    expect(after(times(4, 'rate_limit'), { rules, subject: alone })).toMatchObject({ action: 'cool' });
  });

  it('may allow none', () => {
    expect(after(['internal_server'], { rules: { allowedFails: 0 } })).toMatchObject({ action: 'cool' });
  });

  it('counts what the policy names by itself', () => {
    const rules = { allowedFails: 1, allowedFailsPolicy: { rate_limit: 4, timeout: 0 } };
    expect(after(times(4, 'rate_limit'), { rules })).toEqual(none);
    expect(after(times(5, 'rate_limit'), { rules }).action).toBe('cool');
    expect(after([...times(4, 'rate_limit'), 'internal_server'], { rules })).toEqual(none);
    expect(after(['timeout'], { rules }).action).toBe('cool');
  });

  it('counts what the policy does not name together, three unless told', () => {
    const rules = { allowedFailsPolicy: { rate_limit: 100 } };
    const mixed: CooldownSignal[] = ['internal_server', 'bad_gateway', 'not_found', 'service_unavailable'];
    expect(after(mixed.slice(0, 3), { rules })).toEqual(none);
    expect(after(mixed, { rules }).action).toBe('cool');
  });
});

describe('never cooled', () => {
  const wildcard = { ...oneOfTwo, deployment: aDeployment({ modelGroup: 'openai/*' }) };
  const ofItsOwn = { ...oneOfTwo, deployment: aDeployment({ cooldownTimeMs: 0 }) };
  it.each<[string, Words]>([
    ['when switched off', { rules: { disabled: true } }],
    ['when the time is 0', { rules: { timeMs: 0 } }],
    ['when the time of the deployment is 0', { subject: ofItsOwn }],
    ['a wildcard deployment', { subject: wildcard }],
  ])('%s', (_case, words) => {
    expect(after(times(20, 'rate_limit'), words)).toEqual(none);
    expect(after(times(20, 'timeout'), { ...words, state: { until: now } })).toEqual(none);
  });
});

describe('how long', () => {
  const forMs = (words: Words) => {
    const decision = after(['rate_limit'], words);
    return decision.action === 'cool' ? decision.forMs : undefined;
  };
  const ownTime = (cooldownTimeMs: number) => ({ deployment: aDeployment({ cooldownTimeMs }), groupSize: 2 });

  it('is what the provider asks for, else the deployment’s time, else everybody’s', () => {
    expect(forMs({})).toBe(5_000);
    expect(forMs({ subject: ownTime(9_000) })).toBe(9_000);
    expect(forMs({ subject: ownTime(9_000), event: { retryAfterMs: 700 } })).toBe(700);
    expect(forMs({ event: { retryAfterMs: 0 } })).toBe(5_000);
    expect(forMs({ event: { retryAfterMs: 0.2 } })).toBe(1);
  });

  it('is a minute at most when the provider asks for more, unless the configuration does too', () => {
    expect(forMs({ event: { retryAfterMs: 86_400_000 } })).toBe(60_000);
    expect(forMs({ subject: ownTime(300_000), event: { retryAfterMs: 86_400_000 } })).toBe(300_000);
  });
});

describe('on probation', () => {
  const state = { until: now };

  it('the first answer restores, whatever it says', () => {
    expect(after(['answered'], { state })).toEqual({ action: 'restore' });
  });

  it('the first failure cools again, however few it would take otherwise', () => {
    expect(after(['timeout'], { state })).toEqual({ action: 'cool', reason: 'probe_failed', forMs: 5_000 });
    expect(after(['timeout'], { state, subject: alone })).toMatchObject({ reason: 'probe_failed' });
    expect(after(['timeout'], { state, rules: { allowedFails: 9 } })).toMatchObject({ action: 'cool' });
  });

  it('attempts from before the cooldown was over decide nothing', () => {
    const event = { startedAt: now - 1 };
    expect(after(['answered'], { state, event })).toEqual(none);
    expect(after(['timeout'], { state, event })).toEqual(none);
  });

  it('has not begun while the cooldown lasts', () => {
    expect(after(['answered'], { state: { until: now + 1 } })).toEqual(none);
    expect(after(['timeout'], { state: { until: now + 1 } })).toEqual(none);
  });
});
