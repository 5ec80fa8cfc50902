// Real: nats-server with JetStream on disk. Nothing is faked.
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { defineStream } from '@signalbox/contracts';
import { startOpsServer } from '@signalbox/platform';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bus } from './bus.js';
import { startTestBroker, type TestBroker } from './testing/test-broker.js';
import { connectTestBus, Inbox, loggedLines, type LoggedLines } from './testing/test-bus.js';

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

async function consumerInfo(durable: string) {
  const manager = await jetstreamManager(raw);
  return manager.consumers.info(counted.stream, durable);
}

async function metrics(): Promise<string> {
  const server = await startOpsServer({ host: '127.0.0.1', port: 0, service: 'test', readiness: () => [] });
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  const text = await response.text();
  await server.close();
  return text;
}

async function publishAll(numbers: readonly number[]): Promise<void> {
  await Promise.all(numbers.map((number) => bus.publish(counted, { number }, `message-${number}`)));
}

describe('a consumer', () => {
  it('is handed what was stored before it came, in order and in batches', async () => {
    await bus.ensureStream(counted);
    for (let number = 1; number <= 25; number += 1) {
      await bus.publish(counted, { number }, `message-${number}`);
    }
    const batches: number[][] = [];
    const all = new Inbox<true>();

    await bus.consume(counted, { durable: 'reader', batchSize: 10 }, (events) => {
      batches.push(events.map(({ number }) => number));
      if (batches.flat().length === 25) all.put(true);
    });
    await all.next();

    expect(batches.flat()).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(batches.length).toBeLessThan(25);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(10);
  });

  it('may begin with the next event, and goes on from there when it comes back', async () => {
    const taken = new Inbox<number>();
    const follow = () =>
      bus.consume(counted, { durable: 'reader', beginAt: 'next' }, (events) => {
        for (const { number } of events) taken.put(number);
      });
    await bus.ensureStream(counted);
    await publishAll([1]);
    const reader = await follow();
    await publishAll([2]);
    expect(await taken.next()).toBe(2);
    await reader.stop();
    await publishAll([3]);
    await follow();
    expect(await taken.next()).toBe(3);
  });

  it('is handed the first event at once, and what comes soon after it together', async () => {
    const batches = new Inbox<number[]>();
    await bus.consume(counted, { durable: 'reader', batchSize: 3, paceMs: 60_000 }, (events) => {
      batches.put(events.map(({ number }) => number));
    });
    await bus.publish(counted, { number: 1 }, 'message-1');
    expect(await batches.next()).toEqual([1]);
    for (const number of [2, 3, 4]) await bus.publish(counted, { number }, `message-${number}`);
    expect(await batches.next()).toEqual([2, 3, 4]);
  });

  it('waits no longer than its pace for a batch that does not fill', async () => {
    const batches = new Inbox<number[]>();
    await bus.consume(counted, { durable: 'reader', paceMs: 200 }, (events) => {
      batches.put(events.map(({ number }) => number));
    });
    await bus.publish(counted, { number: 1 }, 'message-1');
    expect(await batches.next()).toEqual([1]);
    await bus.publish(counted, { number: 2 }, 'message-2');
    expect(await batches.next()).toEqual([2]);
  });

  it('makes the stream when nobody has', async () => {
    const taken = new Inbox<number>();
    await bus.consume(counted, { durable: 'reader' }, ([event]) => {
      taken.put(event?.number ?? 0);
    });
    await publishAll([7]);

    expect(await taken.next()).toBe(7);
  });

  it('is handed events again whose handler failed, and never those it has acknowledged', async () => {
    const attempts: number[][] = [];
    const settled = new Inbox<true>();
    await bus.ensureStream(counted);
    const reader = await bus.consume(counted, { durable: 'reader', retryDelayMs: 10 }, (events) => {
      attempts.push(events.map(({ number }) => number));
      if (attempts.length <= 2) throw new Error('the database is away');
      settled.put(true);
    });
    await bus.publish(counted, { number: 1 }, 'one');
    await settled.next();
    await reader.stop();

    expect(attempts).toEqual([[1], [1], [1]]);
    expect(await logged.line('a consumer failed, events come again')).toMatchObject({
      subject: counted.subject,
      error: { message: 'the database is away' },
    });

    const later = new Inbox<number>();
    await bus.consume(counted, { durable: 'reader' }, (events) => {
      for (const { number } of events) later.put(number);
    });
    await bus.publish(counted, { number: 2 }, 'two');
    expect(await later.next()).toBe(2);
  });

  it('puts an event aside that is not JSON or does not fit the contract, and takes the others', async () => {
    const taken = new Inbox<number>();
    await bus.ensureStream(counted);
    raw.publish(counted.subject, '{"number":');
    raw.publish(counted.subject, '{"number":"one"}');
    await raw.flush();
    await publishAll([3]);

    await bus.consume(counted, { durable: 'reader', retryDelayMs: 1 }, (events) => {
      for (const { number } of events) taken.put(number);
    });

    expect(await taken.next()).toBe(3);
    const problems = logged.lines
      .filter(({ msg }) => msg === 'an event cannot be read, put aside')
      .map(({ sequence, problem }) => [sequence, problem]);
    expect(problems).toEqual([
      [1, 'the message is not valid JSON'],
      [2, expect.stringMatching(/^number: /)],
    ]);
    const { num_pending, num_redelivered } = await consumerInfo('reader');
    expect({ num_pending, num_redelivered }).toEqual({ num_pending: 0, num_redelivered: 0 });
    expect(await metrics()).toContain(`signalbox_messages_rejected_total{subject="${counted.subject}"} 2`);
  });

  it('may take longer than the broker waits for a sign of life', async () => {
    const signsOfLife = new Inbox<true>();
    const acknowledged = new Inbox<true>();
    raw.subscribe(`$JS.ACK.${counted.stream}.>`, {
      callback: (_, message) => {
        (message.string() === '+ACK' ? acknowledged : signsOfLife).put(true);
      },
    });
    await bus.ensureStream(counted);
    let calls = 0;
    await bus.consume(counted, { durable: 'reader', acknowledgeWithinMs: 1_500 }, async () => {
      calls += 1;
      // The signs come three in the time the broker waits, so with the fourth that is over.
      for (let sign = 1; sign <= 4; sign += 1) await signsOfLife.next();
    });
    await publishAll([1]);

    await acknowledged.next();
    expect(calls).toBe(1);
    expect((await consumerInfo('reader')).num_redelivered).toBe(0);
  });

  it('shares the events with its namesakes and has its own copy beside other names', async () => {
    const second = await connectTestBus(broker.url);
    const done = new Inbox<true>();
    const seen: Record<string, number[]> = { first: [], second: [], auditor: [] };
    const follow = (member: Bus, durable: string, name: string) =>
      member.consume(counted, { durable, batchSize: 1 }, (events) => {
        for (const { number } of events) seen[name]?.push(number);
        if (Object.values(seen).flat().length === 40) done.put(true);
      });
    await bus.ensureStream(counted);
    await follow(bus, 'readers', 'first');
    await follow(second, 'readers', 'second');
    await follow(second, 'auditors', 'auditor');

    const numbers = Array.from({ length: 20 }, (_, index) => index);
    await publishAll(numbers);
    await done.next();

    const sorted = (values: number[] = []): number[] => [...values].sort((one, other) => one - other);
    expect(sorted([...(seen['first'] ?? []), ...(seen['second'] ?? [])])).toEqual(numbers);
    expect(sorted(seen['auditor'])).toEqual(numbers);
    await second.drain();
  });

  it('finishes its batch when it is stopped and leaves the rest to others', async () => {
    const begun = new Inbox<number>();
    let finish: () => void = () => undefined;
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));
    await bus.ensureStream(counted);
    const first = await bus.consume(counted, { durable: 'reader', batchSize: 1 }, async ([event]) => {
      begun.put(event?.number ?? 0);
      await mayFinish;
    });
    await bus.publish(counted, { number: 1 }, 'one');
    await bus.publish(counted, { number: 2 }, 'two');
    expect(await begun.next()).toBe(1);
    const stopped = first.stop();
    finish();
    await stopped;

    const rest = new Inbox<number>();
    await bus.consume(counted, { durable: 'reader' }, (events) => {
      for (const { number } of events) rest.put(number);
    });
    expect(await rest.next()).toBe(2);
  });

  it('comes back when its stream was deleted under it', async () => {
    const taken = new Inbox<number>();
    await bus.ensureStream(counted);
    await bus.consume(counted, { durable: 'reader' }, (events) => {
      for (const { number } of events) taken.put(number);
    });
    await publishAll([1]);
    expect(await taken.next()).toBe(1);

    await (await jetstreamManager(raw)).streams.delete(counted.stream);
    await logged.line('the stream could not be read, trying again');
    await bus.ensureStream(counted);
    await publishAll([2]);

    expect(await taken.next()).toBe(2);
  });
});
