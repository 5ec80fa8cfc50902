// Real: both stores, one of them on a real Redis. Fake: the clock.
import type { CooldownRules } from '@signalbox/routing';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryMs, type CooldownStore, type EndedAttempt } from './cooldown-store.js';
import { cooldownPolicy, endedAttempt, recordAttempts } from './record-attempts.js';
import { anEndedAttempt } from './spec-support/an-ended-attempt.js';
import { implementations, TestClock } from './spec-support/implementations.js';

const litellm: CooldownRules = { disabled: false, timeMs: 5_000, allowedFailsPolicy: {} };
const deployments = [
  aDeployment({ id: 'a' }),
  aDeployment({ id: 'b' }),
  aDeployment({ id: 'never', cooldownTimeMs: 0 }),
];

describe.each(implementations)('attempts recorded in $name', (implementation) => {
  let running: Awaited<ReturnType<typeof implementation.start>>;
  let clock: TestClock;
  let store: CooldownStore;

  beforeAll(async () => {
    running = await implementation.start();
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    clock = new TestClock();
    store = await running.open(clock);
  });

  const attempt = (words: Partial<EndedAttempt> = {}) => anEndedAttempt(clock, words);
  const record = (attempts: readonly EndedAttempt[], rules: CooldownRules = litellm) =>
    recordAttempts(store, cooldownPolicy({ deployments }, rules), attempts, clock.now());
  const left = async () => (await store.read(['a', 'b', 'never'])).map(({ leftMs }) => leftMs);

  it('cool a deployment, as long as its provider asked', async () => {
    expect(await record([attempt({ retryAfterMs: 700 })])).toEqual([
      { deploymentId: 'a', effect: 'began', reason: 'rate_limited', forMs: 700 },
    ]);
    expect(await left()).toEqual([700]);
  });

  it('of one batch make one cooldown, the longest', async () => {
    const attempts = [700, undefined, 900].map((retryAfterMs) => attempt({ retryAfterMs }));
    expect(await record(attempts)).toMatchObject([{ effect: 'began', forMs: 5_000 }]);
  });

  it('are judged by what is known after the last of a batch', async () => {
    const failed = (signal: EndedAttempt['signal']) => Array.from({ length: 5 }, () => attempt({ signal }));
    expect(await record([...failed('timeout'), ...failed('answered')])).toEqual([]);
    expect(await record([attempt({ signal: 'timeout' })])).toMatchObject([{ reason: 'mostly_failing' }]);
  });

  it('change nothing when they come again', async () => {
    const failure = attempt();
    await record([failure]);
    clock.step(20_000);
    expect(await record([failure])).toEqual([]);
    const rules = { ...litellm, allowedFails: 1 };
    const another = attempt({ deploymentId: 'b' });
    for (let times = 0; times < 5; times += 1) expect(await record([another, another], rules)).toEqual([]);
    expect(await record([attempt({ deploymentId: 'b' })], rules)).toMatchObject([
      { reason: 'allowed_fails' },
    ]);
  });

  it('say nothing when they ended a minute ago or more', async () => {
    const old = attempt({ startedAt: clock.now() - memoryMs - 9, endedAt: clock.now() - memoryMs });
    expect(await record([old])).toEqual([]);
    const justEnded = attempt({ startedAt: clock.now() - 600_000, endedAt: clock.now() - memoryMs + 1 });
    expect(await record([justEnded])).toMatchObject([{ effect: 'began' }]);
  });

  it('say nothing of deployments that never cool or are not of this catalog', async () => {
    const strangers = ['never', 'gone'].map((deploymentId) => attempt({ deploymentId }));
    expect(await record(strangers)).toEqual([]);
  });

  describe('after a cooldown', () => {
    const probe = (words: Partial<EndedAttempt> = {}) => attempt({ signal: 'answered', ...words });
    beforeEach(async () => {
      await record([attempt()]);
      clock.step(5_000);
    });

    it('one that was answered restores the deployment', async () => {
      expect(await record([probe(), probe()])).toEqual([{ deploymentId: 'a', effect: 'restored' }]);
      expect(await left()).toEqual([]);
    });

    it('one that failed cools it again, whatever the rules allow', async () => {
      const rules = { ...litellm, allowedFails: 100 };
      expect(await record([attempt({ signal: 'timeout' })], rules)).toEqual([
        { deploymentId: 'a', effect: 'began', reason: 'probe_failed', forMs: 5_000 },
      ]);
    });

    it('one that began before its end decides nothing', async () => {
      expect(await record([probe({ startedAt: clock.now() - 1 })])).toEqual([]);
      expect(await left()).toEqual([0]);
    });

    it('the last word holds when a batch says both', async () => {
      expect(await record([probe(), attempt()])).toMatchObject([{ effect: 'began' }]);
      expect(await left()).toEqual([5_000]);
    });
  });

  it('by two at once lead to the longer cooldown', async () => {
    const times = [3_000, 8_000, 1_000];
    await Promise.all(times.map((retryAfterMs) => record([attempt({ retryAfterMs })])));
    expect(await left()).toEqual([8_000]);
  });
});

describe('a usage record', () => {
  const usage = {
    attemptId: 'one',
    requestId: 'r',
    startedAt: 1_000,
    durationMs: 250.5,
    outcome: 'failed',
    upstreamStatus: 429,
    retryAfterMs: 9_000,
    streamed: false,
    deploymentId: 'a',
    modelGroup: 'gpt-4',
    region: null,
    keyHash: null,
    teamId: null,
    endUserId: null,
    tokens: { prompt: 0, completion: 0, total: 0, source: 'none' },
  } as const;

  it('says how the attempt went, when it ended and what the provider asked', () => {
    expect(endedAttempt(usage)).toEqual({
      attemptId: 'one',
      deploymentId: 'a',
      signal: 'rate_limit',
      startedAt: 1_000,
      endedAt: 1_250.5,
      retryAfterMs: 9_000,
    });
  });

  it('says nothing where nobody knows whose fault it was', () => {
    expect(endedAttempt({ ...usage, outcome: 'client_disconnected' })).toBeUndefined();
  });
});

describe('a policy', () => {
  it('knows who may cool down, and how many share a group', () => {
    const wildcard = aDeployment({ id: 'w', modelGroup: 'openai/*' });
    const alone = aDeployment({ id: 'x', modelGroup: 'other' });
    const { subjects } = cooldownPolicy({ deployments: [...deployments, wildcard, alone] }, litellm);
    expect([...subjects].map(([id, { groupSize }]) => [id, groupSize])).toEqual([
      ['a', 3],
      ['b', 3],
      ['x', 1],
    ]);
  });

  it('knows nobody when cooldowns are disabled', () => {
    expect(cooldownPolicy({ deployments }, { ...litellm, disabled: true }).subjects.size).toBe(0);
  });
});
