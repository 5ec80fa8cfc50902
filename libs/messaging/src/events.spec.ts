// Real: nats-server and both ends of a broadcast. Nothing is faked.
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { defineEvent, defineStream } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bus } from './bus.js';
import { startTestBroker, type TestBroker } from './testing/test-broker.js';
import { connectTestBus, Inbox, loggedLines, type LoggedLines } from './testing/test-bus.js';

const changed = defineEvent('test.changed.v1', z.object({ ids: z.array(z.string()).default([]) }));

let broker: TestBroker;
let teller: Bus;
let first: Bus;
let second: Bus;
let raw: NatsConnection;
let logged: LoggedLines;

beforeAll(async () => {
  broker = await startTestBroker();
});
beforeEach(async () => {
  logged = loggedLines();
  teller = await connectTestBus(broker.url);
  first = await connectTestBus(broker.url, logged);
  second = await connectTestBus(broker.url);
  raw = await connect({ servers: broker.url });
});
afterEach(() => Promise.all([teller.drain(), first.drain(), second.drain(), raw.close()]));
afterAll(() => broker.remove());

async function hearingOf(bus: Bus): Promise<Inbox<string[]>> {
  const heard = new Inbox<string[]>();
  bus.listen(changed, ({ ids }) => {
    heard.put(ids);
  });
  await bus.flush();
  return heard;
}

describe('a broadcast', () => {
  it('is heard by every listener, with the defaults of the contract', async () => {
    const atFirst = await hearingOf(first);
    const atSecond = await hearingOf(second);
    teller.broadcast(changed, { ids: ['a'] });
    teller.broadcast(changed, {});

    for (const heard of [atFirst, atSecond]) {
      expect([await heard.next(), await heard.next()]).toEqual([['a'], []]);
    }
  });

  it('of a stream is heard as it passes, beside those who consume it', async () => {
    const stored = defineStream('test.stored.v1', 'STORED', z.object({ id: z.string() }));
    await teller.ensureStream(stored);
    await teller.publish(stored, { id: 'before' }, 'before');
    const heard = new Inbox<string>();
    first.listen(stored, ({ id }) => {
      heard.put(id);
    });
    await first.flush();
    await teller.publish(stored, { id: 'now' }, 'now');
    expect(await heard.next()).toBe('now');
  });

  it('does not reach a listener that has stopped', async () => {
    const told: string[][] = [];
    const listening = first.listen(changed, ({ ids }) => {
      told.push(ids);
    });
    await first.flush();
    await Promise.all([listening.stop(), listening.stop()]);
    const witness = await hearingOf(first);
    teller.broadcast(changed, { ids: ['late'] });

    expect(await witness.next()).toEqual(['late']);
    expect(told).toEqual([]);
  });

  it('that cannot be read is logged and skipped', async () => {
    const heard = await hearingOf(first);
    raw.publish(changed.subject, '{"ids":"all"}');
    raw.publish(changed.subject, '{"ids":["good"]}');

    expect(await heard.next()).toEqual(['good']);
    await logged.line('an event does not fit its contract');
  });

  it('goes on to be heard when a listener failed', async () => {
    let count = 0;
    const heard = new Inbox<number>();
    first.listen(changed, () => {
      count += 1;
      if (count === 1) throw new Error('cannot take this one');
      heard.put(count);
    });
    await first.flush();
    teller.broadcast(changed, {});
    teller.broadcast(changed, {});

    expect(await heard.next()).toBe(2);
    expect(await logged.line('a listener failed')).toMatchObject({
      error: { message: 'cannot take this one' },
    });
  });

  it('never throws, even when it is too large or the bus is closed', async () => {
    teller.broadcast(changed, { ids: ['x'.repeat(9 * 1024 * 1024)] });
    await teller.drain();
    teller.broadcast(changed, { ids: ['after the end'] });

    expect(teller.isConnected()).toBe(false);
  });
});
