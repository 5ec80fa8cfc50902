// Real: nats-server, killed and started again. Nothing is faked.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { defineBucket, defineCall, defineEvent, defineStream, fault } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bus } from './bus.js';
import { connectBus } from './connect-bus.js';
import { startTestBroker, type TestBroker } from './testing/test-broker.js';
import { connectTestBus, Inbox, loggedLines } from './testing/test-bus.js';

const echo = defineCall('test.echo.v1', { request: z.string(), value: z.string() }, 10_000);
const rang = defineEvent('test.rang.v1', z.string());
const recorded = defineStream('test.recorded.v1', 'TEST_RECORDED', z.string());
const lastSeen = defineBucket('last-seen', z.string());

let broker: TestBroker;
let bus: Bus;
let statuses: Inbox<string>;

beforeAll(async () => {
  broker = await startTestBroker();
});
beforeEach(async () => {
  statuses = new Inbox();
  bus = await connectTestBus(broker.url);
  bus.onStatus(statuses.put);
  expect(await statuses.next()).toBe('connected');
});
afterEach(() => bus.drain());
afterAll(() => broker.remove());

async function killBroker(): Promise<void> {
  await broker.kill();
  expect(await statuses.next()).toBe('disconnected');
}

async function restartBroker(): Promise<void> {
  await broker.restart();
  expect(await statuses.next()).toBe('reconnected');
}

describe('a broker that dies and comes back', () => {
  it('makes a call fail with a fault while it is away and succeed when it is back', async () => {
    bus.answer(echo, 'echoes', (text) => text);
    await bus.flush();

    await killBroker();
    expect(bus.isConnected()).toBe(false);
    const options = { deadlineMs: 20, unavailable: 'router_unavailable' } as const;
    expect(await bus.call(echo, 'lost', options)).toEqual({ ok: false, fault: fault('router_unavailable') });

    const patient = bus.call(echo, 'patient');
    await restartBroker();
    expect(await patient).toEqual({ ok: true, value: 'patient' });
    expect(await bus.call(echo, 'later')).toEqual({ ok: true, value: 'later' });
  });

  it('still brings broadcasts to those who listened before', async () => {
    const heard = new Inbox<string>();
    bus.listen(rang, (text) => {
      heard.put(text);
    });
    await bus.flush();

    await killBroker();
    await restartBroker();
    bus.broadcast(rang, 'again');

    expect(await heard.next()).toBe('again');
  });

  it('keeps stored events and goes on handing them out', async () => {
    const taken = new Inbox<string[]>();
    await bus.ensureStream(recorded);
    await bus.consume(recorded, { durable: 'taker' }, (events) => {
      taken.put(events);
    });
    await bus.publish(recorded, 'before', 'message-1');
    expect(await taken.next()).toEqual(['before']);

    await killBroker();
    await expect(bus.publish(recorded, 'lost', 'message-2', { timeoutMs: 20 })).rejects.toThrow(
      'The broker cannot be reached',
    );
    await restartBroker();
    await bus.publish(recorded, 'after', 'message-3');

    expect(await taken.next()).toEqual(['after']);
  });

  it('keeps a bucket watched', async () => {
    const seen = new Inbox<string>();
    const bucket = await bus.bucket(lastSeen);
    await bucket.put('door', 'closed');
    const watch = bucket.watch((key, value) => {
      seen.put(`${key} ${value}`);
    });
    await watch.initialValues;
    expect(await seen.next()).toBe('door closed');

    await killBroker();
    await restartBroker();
    expect(await seen.next()).toBe('door closed');
    await bucket.put('door', 'open');

    expect(await seen.next()).toBe('door open');
    await watch.stop();
  });

  it('does not keep a drain waiting while it is away', async () => {
    bus.answer(echo, 'echoes', (text) => text);
    await bus.flush();
    await killBroker();

    await bus.drain(50);

    expect(await statuses.next()).toBe('closed');
    await broker.restart();
  });
});

describe('the first connection', () => {
  it('waits for a broker that starts late', async () => {
    await broker.kill();
    const connecting = connectTestBus(broker.url);
    await broker.restart();
    const late = await connecting;

    expect(late.isConnected()).toBe(true);
    await late.drain();
  });

  it('fails in one sentence that hides the password when no broker comes in time', async () => {
    const port = await closedPort();
    const { logger } = loggedLines();
    const servers = `nats://router:secret@127.0.0.1:${port}`;

    await expect(connectBus({ servers, name: 'test', logger, connectWithinMs: 1 })).rejects.toThrow(
      new RegExp(`^Cannot connect to NATS at nats://127.0.0.1:${port} within 0.001 s: .+\\.$`),
    );
  });
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
