import { describe, expect, it } from 'vitest';
import { createBatcher } from './create-batcher.js';

describe('createBatcher', () => {
  it('sends everything that arrives in one turn of the event loop as one batch, answered in order', async () => {
    const batches: number[][] = [];
    const double = createBatcher((items: number[]) => {
      batches.push(items);
      return Promise.resolve(items.map((item) => item * 2));
    });

    expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6]);
    expect(await double(4)).toBe(8);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('sends the next batch without waiting for the one before', async () => {
    const answers: ((results: string[]) => void)[] = [];
    const ask = createBatcher((items: string[]) => {
      return new Promise<string[]>((resolve) => {
        answers.push(() => {
          resolve(items.map((item) => `${item}!`));
        });
      });
    });
    const slow = ask('slow');
    await endOfTurn();
    const quick = ask('quick');
    await endOfTurn();

    answers[1]?.([]);
    expect(await quick).toBe('quick!');
    answers[0]?.([]);
    expect(await slow).toBe('slow!');
  });

  it('begins a new batch when one is full', async () => {
    const sizes: number[] = [];
    const echo = createBatcher(
      (items: number[]) => {
        sizes.push(items.length);
        return Promise.resolve(items);
      },
      { maxItems: 2 },
    );

    expect(await Promise.all([1, 2, 3, 4, 5].map(echo))).toEqual([1, 2, 3, 4, 5]);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('fails every item of a batch that could not be sent, and only those', async () => {
    const echo = createBatcher((items: string[]) =>
      items.includes('bad') ? Promise.reject(new Error('no route')) : Promise.resolve(items),
    );
    const failed = await Promise.allSettled([echo('good'), echo('bad')]);

    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await echo('good')).toBe('good');
  });

  it('fails a batch that is answered with another number of results', async () => {
    const echo = createBatcher(() => Promise.resolve(['one']));

    await expect(Promise.all([echo('a'), echo('b')])).rejects.toThrow('2 items was answered with 1 results');
  });

  it('fails a batch whose send throws before it returns a promise', async () => {
    const echo = createBatcher((): Promise<string[]> => {
      throw new Error('not ready');
    });

    await expect(echo('a')).rejects.toThrow('not ready');
  });
});

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
