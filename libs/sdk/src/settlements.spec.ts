/** Real: Settlements, the limits in memory. Fake: a store that can be taken away. */
import { LimitStoreUnavailable, MemoryLimitStore, type Settlement } from '@signalbox/rate-limits';
import { expect, it } from 'vitest';
import { Settlements } from './settlements.js';

class FragileStore {
  readonly settled: Settlement[][] = [];
  isAway = false;

  settle(settlements: readonly Settlement[]): Promise<void> {
    if (this.isAway) return Promise.reject(new LimitStoreUnavailable('away'));
    this.settled.push([...settlements]);
    return Promise.resolve();
  }
}

const settlement = (reservationId: string): Settlement => ({ reservationId, tokens: 1 });

it('settles together what ended in one turn', async () => {
  const store = new FragileStore();
  const settlements = new Settlements(store, () => undefined);
  for (const id of ['a', 'b', 'c']) settlements.add(settlement(id));
  await expect.poll(() => store.settled).toEqual([[settlement('a'), settlement('b'), settlement('c')]]);
});

it('keeps what could not be settled, in its order, and says so', async () => {
  const store = new FragileStore();
  let told = 0;
  const settlements = new Settlements(store, () => (told += 1));
  store.isAway = true;
  settlements.add(settlement('a'));
  await settlements.flush();
  expect(told).toBe(1);
  store.isAway = false;
  settlements.add(settlement('b'));
  await settlements.flush();
  expect(store.settled.flat()).toEqual([settlement('a'), settlement('b')]);
});

it('frees what an attempt did not use', async () => {
  const store = new MemoryLimitStore({ now: () => 0 });
  const settlements = new Settlements(store, () => undefined);
  const admit = async (reservationId: string): Promise<string | undefined> => {
    const candidates = [{ id: 'eu', tpm: 100 }];
    const [result] = await store.admit([
      { reservationId, candidates, pick: 'first', scopes: [], tokens: 60, leaseMs: 1_000 },
    ]);
    return result?.chosenId;
  };
  expect(await admit('first')).toBe('eu');
  expect(await admit('second')).toBeUndefined();
  settlements.add({ reservationId: 'first', tokens: 20 });
  await settlements.flush();
  expect(await admit('second')).toBe('eu');
});
