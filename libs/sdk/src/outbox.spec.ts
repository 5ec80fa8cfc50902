/** Real: Outbox. */
import { expect, it } from 'vitest';
import { Outbox } from './outbox.js';

/** Takes what comes, or nothing while it is away. */
function aReceiver() {
  const receiver = {
    isAway: false,
    batches: [] as string[][],
    take: (items: readonly string[]): Promise<boolean> => {
      if (!receiver.isAway) receiver.batches.push([...items]);
      return Promise.resolve(!receiver.isAway);
    },
  };
  return receiver;
}

it('hands over together what came in one turn', async () => {
  const receiver = aReceiver();
  const outbox = new Outbox(receiver.take);
  for (const item of ['a', 'b', 'c']) outbox.add(item);
  await expect.poll(() => receiver.batches).toEqual([['a', 'b', 'c']]);
});

it('keeps what was not taken, in its order', async () => {
  const receiver = aReceiver();
  const outbox = new Outbox(receiver.take);
  receiver.isAway = true;
  outbox.add('a');
  await outbox.flush();
  receiver.isAway = false;
  outbox.add('b');
  await outbox.flush();
  expect(receiver.batches.flat()).toEqual(['a', 'b']);
});

it('keeps no more than it can, and the newest', async () => {
  const receiver = aReceiver();
  const outbox = new Outbox(receiver.take);
  for (let item = 0; item < 10_001; item += 1) outbox.add(String(item));
  await outbox.flush();
  expect(receiver.batches.flat().length).toBe(10_000);
  expect(receiver.batches[0]?.[0]).toBe('1');
});
