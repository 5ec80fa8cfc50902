// Real: nats-server with JetStream on disk. Nothing is faked.
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { defineStream } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bus } from './bus.js';
import { startTestBroker, type TestBroker } from './testing/test-broker.js';
import { connectTestBus, loggedLines, type LoggedLines } from './testing/test-bus.js';

const Counted = z.object({ number: z.number() });

let broker: TestBroker;
let bus: Bus;
let raw: NatsConnection;
let logged: LoggedLines;
let specs = 0;
let counted = defineStream('test.counted.v0', 'TEST_COUNTED_0', Counted);

beforeAll(async () => {
  broker = await startTestBroker();
});
beforeEach(async () => {
  specs += 1;
  counted = defineStream(`test.counted.v${specs}`, `TEST_COUNTED_${specs}`, Counted);
  logged = loggedLines();
  bus = await connectTestBus(broker.url, logged);
  raw = await connect({ servers: broker.url });
});
afterEach(() => Promise.all([bus.drain(), raw.close()]));
afterAll(() => broker.remove());

async function streamInfo() {
  const manager = await jetstreamManager(raw);
  return manager.streams.info(counted.stream);
}

async function publishAll(numbers: readonly number[]): Promise<void> {
  await Promise.all(numbers.map((number) => bus.publish(counted, { number }, `message-${number}`)));
}

describe('ensureStream', () => {
  it('makes the stream with file storage, a duplicate window of two minutes and the limits given', async () => {
    await bus.ensureStream(counted, { maxAgeMs: 3_600_000, maxBytes: 1_000_000, discard: 'old' });

    expect((await streamInfo()).config).toMatchObject({
      subjects: [counted.subject],
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      duplicate_window: 120_000_000_000,
      max_age: 3_600_000_000_000,
      max_bytes: 1_000_000,
    });
  });

  it('may be repeated, and brings a stream to new limits without losing events', async () => {
    await bus.ensureStream(counted, { maxBytes: 1_000_000 });
    await publishAll([1]);
    await bus.ensureStream(counted, { maxBytes: 1_000_000 });
    await bus.ensureStream(counted, { maxBytes: 2_000_000 });

    const { config, state } = await streamInfo();
    expect(config.max_bytes).toBe(2_000_000);
    expect(state.messages).toBe(1);
  });

  it('keeps a stream whose kind cannot be changed, and says so', async () => {
    await bus.ensureStream(counted);
    await bus.ensureStream(counted, { retention: 'work-queue' });

    expect((await streamInfo()).config.retention).toBe('limits');
    await logged.line('the stream keeps its earlier settings');
  });
});

describe('publish', () => {
  it('stores a message id once', async () => {
    await bus.ensureStream(counted);
    await bus.publish(counted, { number: 1 }, 'same');
    await bus.publish(counted, { number: 1 }, 'same');
    await bus.publish(counted, { number: 1 }, 'other');

    expect((await streamInfo()).state.messages).toBe(2);
  });

  it('rejects when there is no stream to store the event', async () => {
    await expect(bus.publish(counted, { number: 1 }, 'lost')).rejects.toThrow();
  });

  it('rejects when the stream is full, so that nothing accepted is dropped', async () => {
    await bus.ensureStream(counted, { maxBytes: 200 });
    const publishMany = publishAll(Array.from({ length: 20 }, (_, index) => index));

    await expect(publishMany).rejects.toThrow('maximum bytes exceeded');
    const { state } = await streamInfo();
    expect(state.first_seq).toBe(1);
  });
});

describe('progress', () => {
  it('says what is stored, and what a durable has acknowledged of it', async () => {
    await bus.ensureStream(counted);
    expect(await bus.progress(counted, 'reader')).toEqual({ stored: 0, acknowledged: 0 });
    await publishAll([1, 2, 3]);
    expect(await bus.progress(counted, 'reader')).toEqual({ stored: 3, acknowledged: 0 });
    const reading = await bus.consume(counted, { durable: 'reader' }, () => Promise.resolve());
    await expect
      .poll(() => bus.progress(counted, 'reader'), { timeout: 15_000 })
      .toEqual({ stored: 3, acknowledged: 3 });
    await reading.stop();
  });
});
