// Real: nats-server with JetStream on disk. Nothing is faked.
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { defineBucket } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bus } from './bus.js';
import { startTestBroker, type TestBroker } from './testing/test-broker.js';
import { connectTestBus, Inbox, loggedLines, type LoggedLines } from './testing/test-bus.js';

const Seen = z.object({ region: z.string() });

let broker: TestBroker;
let bus: Bus;
let raw: NatsConnection;
let logged: LoggedLines;
let specs = 0;
let regions = defineBucket('regions-0', Seen);

beforeAll(async () => {
  broker = await startTestBroker();
});
beforeEach(async () => {
  specs += 1;
  regions = defineBucket(`regions-${specs}`, Seen);
  logged = loggedLines();
  bus = await connectTestBus(broker.url, logged);
  raw = await connect({ servers: broker.url });
});
afterEach(() => Promise.all([bus.drain(), raw.close()]));
afterAll(() => broker.remove());

describe('a bucket', () => {
  it('gives the latest value of a key, and undefined for a key nobody put', async () => {
    const bucket = await bus.bucket(regions);
    await bucket.put('a/b=c_d.e-f', { region: 'eu' });
    await bucket.put('a/b=c_d.e-f', { region: 'us' });

    expect(await bucket.get('a/b=c_d.e-f')).toEqual({ region: 'us' });
    expect(await bucket.get('other')).toBeUndefined();
  });

  it.each(['', 'with space', 'star*', 'more>', 'köln'])('refuses the key "%s"', async (key) => {
    const bucket = await bus.bucket(regions);

    await expect(bucket.put(key, { region: 'eu' })).rejects.toThrow('A bucket key holds');
    await expect(bucket.get(key)).rejects.toThrow('A bucket key holds');
  });

  it('hides a value that does not fit the contract, with a log line', async () => {
    const bucket = await bus.bucket(regions);
    const store = await new Kvm(raw).open(regions.bucket);
    await store.put('odd', '{"region":7}');

    expect(await bucket.get('odd')).toBeUndefined();
    expect(await logged.line('a bucket holds an unreadable value')).toMatchObject({ entry: 'odd' });
  });
});

describe('a watch', () => {
  it('tells all values that are there, says so, and then every change', async () => {
    const bucket = await bus.bucket(regions);
    await bucket.put('one', { region: 'old' });
    await bucket.put('one', { region: 'eu' });
    await bucket.put('two', { region: 'us' });
    const known = new Map<string, string>();
    const changes = new Inbox<string>();
    const watch = bucket.watch((key, { region }) => {
      known.set(key, region);
      changes.put(`${key} ${region}`);
    });

    await watch.initialValues;
    expect(Object.fromEntries(known)).toEqual({ one: 'eu', two: 'us' });
    expect([await changes.next(), await changes.next()]).toEqual(['one eu', 'two us']);

    const elsewhere = await connectTestBus(broker.url);
    await (await elsewhere.bucket(regions)).put('two', { region: 'ch' });
    expect(await changes.next()).toBe('two ch');
    await watch.stop();
    await elsewhere.drain();
  });

  it('has its initial values at once in an empty bucket, and in one whose last value was deleted', async () => {
    const empty = await bus.bucket(regions);
    await empty.watch(() => undefined).initialValues;

    await empty.put('gone', { region: 'eu' });
    await (await new Kvm(raw).open(regions.bucket)).delete('gone');
    const told: string[] = [];
    await empty.watch((key) => told.push(key)).initialValues;
    expect(told).toEqual([]);
  });

  it('skips values that cannot be read and goes on when the handler throws', async () => {
    const bucket = await bus.bucket(regions);
    await (await new Kvm(raw).open(regions.bucket)).put('odd', 'not json');
    await bucket.put('bad', { region: 'eu' });
    await bucket.put('good', { region: 'us' });
    const told: string[] = [];
    const watch = bucket.watch((key) => {
      told.push(key);
      if (key === 'bad') throw new Error('cannot take this one');
    });
    await watch.initialValues;

    expect(told).toEqual(['bad', 'good']);
    expect(await logged.line('a watcher failed')).toMatchObject({ entry: 'bad' });
  });
});
