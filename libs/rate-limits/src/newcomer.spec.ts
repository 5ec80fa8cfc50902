// Fakes: the shared store is one in memory that can be taken away, the clock and the schedule stand still.
import { beforeEach, describe, expect, it } from 'vitest';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { Outage } from './spec-support/outage.js';

let outage: Outage;

beforeEach(() => {
  outage = new Outage();
});

describe('a store that is asked before there are requests', () => {
  /** Whether it has become ready meanwhile. */
  async function isReady(ready: Promise<void>): Promise<boolean> {
    const word = await Promise.race([
      ready.then(() => true),
      new Promise((resolve) => setImmediate(resolve)),
    ]);
    return word === true;
  }

  it('is ready at once with the shared store, or when it shares nothing', async () => {
    expect(await isReady(outage.aStore().ready())).toBe(true);
    outage.primary.isAway = true;
    expect(await isReady(outage.aStore({ whenAway: 'refuse' }).ready())).toBe(true);
    expect(await isReady(outage.aStore({ whenAway: 'allow' }).ready())).toBe(true);
    expect(outage.changes).toEqual(['degraded', 'degraded']);
  });

  it('is ready when the shared store comes', async () => {
    outage.primary.isAway = true;
    const store = outage.aStore();
    const ready = store.ready();
    expect(await isReady(ready)).toBe(false);
    outage.primary.isAway = false;
    outage.tasks.splice(1);
    await outage.later();
    expect(await isReady(ready)).toBe(true);
    expect(store.limits).toBe('exact');
  });

  it('is ready without it when its share is its own', async () => {
    outage.primary.isAway = true;
    const store = outage.aStore();
    const ready = store.ready();
    await isReady(ready);
    outage.clock.step(61_000);
    await outage.later();
    expect(await isReady(ready)).toBe(true);
    expect((await store.admit([anAdmitRequest()]))[0]).toMatchObject({ limits: 'degraded' });
  });

  it('notices that the shared store is gone, so that no request waits to find out', async () => {
    const store = outage.aStore();
    await store.admit([anAdmitRequest()]);
    outage.primary.isAway = true;
    await Promise.all([store.probe(), store.probe()]);
    const before = outage.primary.asked;
    expect((await store.admit([anAdmitRequest()]))[0]).toMatchObject({ limits: 'degraded' });
    expect(outage.primary.asked).toBe(before);
    expect(outage.changes).toEqual(['degraded']);
  });
});
