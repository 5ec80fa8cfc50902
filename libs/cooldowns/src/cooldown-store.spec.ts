// Real: both stores, one of them on a real Redis. Fake: the clock.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cellMs, memoryMs, type CooldownStore, type EndedAttempt } from './cooldown-store.js';
import { anEndedAttempt } from './spec-support/an-ended-attempt.js';
import { implementations, TestClock } from './spec-support/implementations.js';

describe.each(implementations)('$name', (implementation) => {
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
  const answered = (words: Partial<EndedAttempt> = {}) => attempt({ signal: 'answered', ...words });
  const stateOf = async (...attempts: EndedAttempt[]) => (await store.count(attempts)).states.get('a');
  const cool = async (forMs: number, deploymentId = 'a') => {
    const [effect] = await store.apply([{ deploymentId, action: 'cool', forMs, reason: 'rate_limited' }]);
    return effect;
  };
  const restore = async (until: number) => {
    const [effect] = await store.apply([{ deploymentId: 'a', action: 'restore', until }]);
    return effect;
  };

  describe('counts', () => {
    it('by deployment and kind of failure, answers too', async () => {
      const { now, fresh, states } = await store.count([
        attempt(),
        answered(),
        attempt({ signal: 'timeout' }),
        attempt(),
        attempt({ deploymentId: 'b', signal: 'not_found' }),
      ]);
      expect(now).toBe(clock.now());
      expect(fresh).toHaveLength(5);
      expect(states.get('a')).toEqual({ requests: 4, failures: { rate_limit: 2, timeout: 1 } });
      expect(states.get('b')).toEqual({ requests: 1, failures: { not_found: 1 } });
    });

    it('a failure once, however often it is told', async () => {
      const failure = attempt();
      await store.count([failure]);
      const again = await store.count([answered(), failure, failure, attempt()]);
      expect(again.fresh.map(({ attemptId }) => attemptId)).not.toContain(failure.attemptId);
      expect(again.fresh).toHaveLength(2);
      expect(again.states.get('a')).toEqual({ requests: 3, failures: { rate_limit: 2 } });
    });

    it('for a minute, and a cell longer at most', async () => {
      await store.count([attempt()]);
      clock.step(memoryMs / 2);
      await store.count([attempt()]);
      clock.step(memoryMs / 2);
      expect(await stateOf(answered())).toMatchObject({ failures: { rate_limit: 2 } });
      clock.step(cellMs);
      expect(await stateOf(answered())).toMatchObject({ requests: 3, failures: { rate_limit: 1 } });
      clock.step(memoryMs + cellMs);
      expect(await stateOf(answered())).toEqual({ requests: 1, failures: {} });
    });

    it('anew after a cooldown began', async () => {
      await store.count([attempt(), attempt()]);
      await cool(1_000);
      expect(await stateOf(attempt())).toMatchObject({ requests: 1, failures: { rate_limit: 1 } });
    });

    it('of ids that are not words', async () => {
      const deploymentId = 'eu {1}: "gpt 4o"';
      const { states } = await store.count([attempt({ deploymentId, attemptId: '}:"' })]);
      expect([...states]).toEqual([[deploymentId, { requests: 1, failures: { rate_limit: 1 } }]]);
    });

    it('nothing, of nothing', async () => {
      const { fresh, states } = await store.count([]);
      expect([fresh, states.size, await store.apply([]), await store.read([])]).toEqual([[], 0, [], []]);
    });
  });

  describe('a cooldown', () => {
    it('begins, and is read by whoever asks', async () => {
      expect(await store.read(['a', 'b'])).toEqual([]);
      expect(await cool(5_000)).toBe('began');
      clock.step(1_000);
      expect(await store.read(['b', 'a'])).toEqual([
        { deploymentId: 'a', reason: 'rate_limited', leftMs: 4_000 },
      ]);
      expect(await stateOf(answered())).toMatchObject({ until: clock.now() + 4_000 });
    });

    it('never becomes shorter', async () => {
      await cool(5_000);
      expect(await cool(2_000)).toBe('none');
      expect(await cool(9_000)).toBe('prolonged');
      expect(await store.read(['a'])).toMatchObject([{ leftMs: 9_000 }]);
    });

    it('is known as over for a minute, then forgotten', async () => {
      await cool(5_000);
      clock.step(5_000 + memoryMs - 1);
      expect(await store.read(['a'])).toMatchObject([{ leftMs: 1 - memoryMs }]);
      clock.step(1);
      expect(await store.read(['a'])).toEqual([]);
      expect(await stateOf(answered())).toEqual({ requests: 1, failures: {} });
    });

    it('begins again after it was over', async () => {
      await cool(5_000);
      clock.step(5_000);
      expect(await cool(3_000)).toBe('began');
    });

    it('is restored once, and only if it is the one that was seen', async () => {
      await cool(5_000);
      const until = clock.now() + 5_000;
      clock.step(6_000);
      expect(await restore(until - 1)).toBe('none');
      expect(await restore(until)).toBe('restored');
      expect(await restore(until)).toBe('none');
      expect(await store.read(['a'])).toEqual([]);
    });

    it('is of one deployment', async () => {
      const effects = await store.apply([
        { deploymentId: 'a', action: 'cool', forMs: 10, reason: 'allowed_fails' },
        { deploymentId: 'b', action: 'restore', until: 1 },
        { deploymentId: 'c', action: 'cool', forMs: 20, reason: 'mostly_failing' },
      ]);
      expect(effects).toEqual(['began', 'none', 'began']);
      expect((await store.read(['a', 'b', 'c'])).map(({ deploymentId }) => deploymentId)).toEqual(['a', 'c']);
    });
  });
});
