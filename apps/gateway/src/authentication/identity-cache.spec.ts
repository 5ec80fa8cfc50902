import { fault, FaultError } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { IdentityCache, type IdentityCacheOptions } from './identity-cache.js';

interface Record {
  readonly version: number;
  readonly team?: string;
}

function aCache(words: Partial<IdentityCacheOptions<Record>>): IdentityCache<Record> {
  const load = () => Promise.resolve({ version: 1 });
  return new IdentityCache({ load, isTrusted: () => true, maxEntries: 10, maxAgeMs: 60_000, ...words });
}

describe('IdentityCache', () => {
  it('asks once for those who ask together, and not again', async () => {
    let asked = 0;
    const cache = aCache({ load: () => Promise.resolve({ version: ++asked }) });
    expect(await Promise.all([cache.read('a'), cache.read('a')])).toEqual([{ version: 1 }, { version: 1 }]);
    expect(cache.peek('a')).toEqual({ version: 1 });
  });

  it('keeps no refusal', async () => {
    const answers = [
      () => Promise.reject(new FaultError(fault('unknown_key'))),
      () => Promise.resolve({ version: 2 }),
    ];
    const cache = aCache({ load: () => answers.shift()?.() ?? Promise.reject(new Error('asked too often')) });
    await expect(cache.read('a')).rejects.toThrow('unknown_key');
    expect(await cache.read('a')).toEqual({ version: 2 });
  });

  it('keeps a value no longer than it holds', async () => {
    const ends = { soon: Date.now() - 1, later: Date.now() + 3_600_000 };
    const cache = new IdentityCache<{ end: number | undefined }>({
      load: (id) => Promise.resolve({ end: { ...ends, never: undefined }[id] }),
      endOf: ({ end }) => end,
      isTrusted: () => true,
      maxEntries: 10,
      maxAgeMs: 60_000,
    });
    for (const id of ['soon', 'later', 'never']) await cache.read(id);
    await expect.poll(() => cache.peek('soon')).toBeUndefined();
    expect([cache.peek('later'), cache.peek('never')]).toEqual([{ end: ends.later }, { end: undefined }]);
  });

  it('gives nobody a value that changed while it was being read', async () => {
    const reads: ((value: Record) => void)[] = [];
    const cache = aCache({ load: () => new Promise((resolve) => reads.push(resolve)) });
    const reading = cache.read('a');
    cache.drop(['a']);
    reads[0]?.({ version: 1 });
    await new Promise(setImmediate);
    reads[1]?.({ version: 2 });
    expect(await reading).toEqual({ version: 2 });
  });

  it.each([true, undefined])(
    'serves what never stops changing where that is tolerated, and never keeps it',
    async (tolerates) => {
      let version = 0;
      const cache: IdentityCache<Record> = aCache({
        ...(tolerates !== undefined && { toleratesUnrest: tolerates }),
        load: () => {
          cache.drop(['a']);
          return Promise.resolve({ version: ++version });
        },
      });
      const reading = cache.read('a');
      await (tolerates === true
        ? expect(reading).resolves.toEqual({ version: 4 })
        : expect(reading).rejects.toThrow('identity_unavailable'));
      expect(cache.peek('a')).toBeUndefined();
    },
  );

  it('reads what matches a change again, and is not disturbed by changes of others', async () => {
    const reads: ((value: Record) => void)[] = [];
    const cache = aCache({ load: () => new Promise((resolve) => reads.push(resolve)) });
    const reading = cache.read('a');
    for (let change = 0; change < 10; change += 1) {
      cache.drop(['b'], ({ team }) => team === 'others');
      reads.at(-1)?.({ version: change, team: 'ours' });
      await new Promise(setImmediate);
    }
    expect([await reading, reads.length]).toEqual([{ version: 0, team: 'ours' }, 1]);

    const another = cache.read('c');
    cache.drop([], ({ team }) => team === 'ours');
    reads[1]?.({ version: 1, team: 'ours' });
    await new Promise(setImmediate);
    reads[2]?.({ version: 2, team: 'ours' });
    expect(await another).toEqual({ version: 2, team: 'ours' });
  });

  it('drops what matches, such as the keys of a team', async () => {
    const cache = aCache({ load: (id) => Promise.resolve({ version: 1, team: id.slice(0, 1) }) });
    await Promise.all([cache.read('a1'), cache.read('a2'), cache.read('b1')]);
    cache.drop([], ({ team }) => team === 'a');
    expect([cache.peek('a1'), cache.peek('a2'), cache.peek('b1')?.team]).toEqual([undefined, undefined, 'b']);
  });

  it('holds so many and no more, and forgets first who was asked about longest ago', async () => {
    const asked: string[] = [];
    const load = (id: string) => Promise.resolve({ version: asked.push(id) });
    const cache = aCache({ load, maxEntries: 100 });
    const ids = Array.from({ length: 10_000 }, (_, index) => `key-${index}`);
    for (const id of ids) {
      await cache.read(id);
      // Somebody who calls all the time.
      await cache.read('busy');
    }
    expect(asked.filter((id) => id === 'busy')).toHaveLength(1);
    expect(ids.filter((id) => cache.peek(id) !== undefined)).toEqual(ids.slice(-99));
  });

  it('believes nothing once it is not trusted any more', async () => {
    let isTrusted = true;
    const cache = aCache({ isTrusted: () => isTrusted });
    await cache.read('a');
    isTrusted = false;
    expect(cache.peek('a')).toBeUndefined();
    await expect(cache.read('a')).rejects.toThrow('identity_unavailable');
  });
});
