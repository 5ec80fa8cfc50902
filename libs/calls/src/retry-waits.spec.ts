import { expect, it } from 'vitest';
import { RetryWaits } from './retry-waits.js';

function aClient() {
  let listener: (() => void) | undefined;
  return {
    gone: false,
    onGone: (heard: () => void) => {
      listener = heard;
    },
    hangUp: () => listener?.(),
  };
}

it('is over after its time', async () => {
  const waits = new RetryWaits();
  expect(await waits.wait(1, aClient())).toBe(true);
  expect(waits.count).toBe(0);
});

it('ends when its client hangs up, and does not begin for one that has gone', async () => {
  const waits = new RetryWaits();
  const client = aClient();
  const other = waits.wait(1, aClient());
  const waiting = waits.wait(3_600_000, client);
  client.hangUp();
  expect(await waiting).toBe(false);
  expect(await waits.wait(3_600_000, { ...aClient(), gone: true })).toBe(false);
  expect(await other).toBe(true);
});

it('ends for everybody when it is stopped, and for whoever comes later', async () => {
  const waits = new RetryWaits();
  const waiting = [waits.wait(3_600_000, aClient()), waits.wait(3_600_000, aClient())];
  waits.stop();
  expect(await Promise.all(waiting)).toEqual([false, false]);
  expect(await waits.wait(3_600_000, aClient())).toBe(false);
  expect(waits.count).toBe(0);
});
