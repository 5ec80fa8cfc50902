/** Fakes: the memory store, clocks that stand still, and a store that can be taken away. */
import { aDeployment } from '@signalbox/routing/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { CooldownStoreUnavailable, memoryMs, type Cooldown } from './cooldown-store.js';
import { KnownCooldowns } from './known-cooldowns.js';
import { MemoryCooldownStore } from './memory-cooldown-store.js';
import { TestClock } from './spec-support/implementations.js';

const a = aDeployment({ id: 'a' });
const b = aDeployment({ id: 'b' });

let clock: TestClock;
let store: MemoryCooldownStore;
let isAway: boolean;
let told: string[];
let known: KnownCooldowns;

beforeEach(() => {
  clock = new TestClock();
  store = new MemoryCooldownStore({ now: clock.now });
  isAway = false;
  told = [];
  known = new KnownCooldowns({
    store: {
      read: (ids): Promise<Cooldown[]> =>
        isAway ? Promise.reject(new CooldownStoreUnavailable(new Error('gone'))) : store.read(ids),
    },
    deploymentIds: () => ['a', 'b'],
    onStore: (state) => told.push(state),
    now: () => clock.now() - 1_000_000,
  });
});

const cool = (forMs: number) =>
  store.apply([{ deploymentId: 'a', action: 'cool', forMs, reason: 'rate_limited' }]);

describe('what a process knows of cooldowns', () => {
  it('is nothing at first', () => {
    expect(known.phaseOf(a)).toBeUndefined();
  });

  it('is how long they last, without asking again', async () => {
    await cool(5_000);
    await known.refresh();
    expect(known.phaseOf(a)).toEqual({ phase: 'cooling', retryAfterMs: 5_000, reason: 'rate_limited' });
    expect(known.phaseOf(b)).toBeUndefined();
    clock.step(4_999);
    expect(known.phaseOf(a)).toMatchObject({ phase: 'cooling', retryAfterMs: 1 });
  });

  it('is that the deployment is on probation when its cooldown is over, for a minute', async () => {
    await cool(5_000);
    await known.refresh();
    clock.step(5_000);
    expect(known.phaseOf(a)).toEqual({ phase: 'probation' });
    clock.step(memoryMs);
    expect(known.phaseOf(a)).toBeUndefined();
  });

  it('is that it is restored', async () => {
    await cool(5_000);
    await known.refresh();
    clock.step(6_000);
    await store.apply([{ deploymentId: 'a', action: 'restore', until: clock.now() - 1_000 }]);
    await known.refresh();
    expect(known.phaseOf(a)).toBeUndefined();
  });

  it('is what was true before it was asked for, also while an earlier question is under way', async () => {
    const first = known.refresh();
    await cool(5_000);
    await known.refresh();
    await first;
    expect(known.phaseOf(a)).toMatchObject({ phase: 'cooling' });
  });
});

describe('while the store is away', () => {
  beforeEach(async () => {
    await cool(5_000);
    await known.refresh();
    isAway = true;
    await known.refresh();
    await known.refresh();
  });

  it('says so once, and once when it is back', async () => {
    isAway = false;
    await known.refresh();
    await known.refresh();
    expect(told).toEqual(['away', 'back']);
  });

  it('what was known runs out, without probation', () => {
    expect(known.phaseOf(a)).toMatchObject({ phase: 'cooling', retryAfterMs: 5_000 });
    clock.step(5_000);
    expect(known.phaseOf(a)).toBeUndefined();
  });

  it('a deployment whose cooldown went on is left alone again as soon as the store is back', async () => {
    await cool(9_000);
    isAway = false;
    await known.refresh();
    expect(known.phaseOf(a)).toMatchObject({ retryAfterMs: 9_000 });
  });
});
