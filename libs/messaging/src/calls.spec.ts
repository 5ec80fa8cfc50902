// Real: nats-server and both ends of a call. Nothing is faked.
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { defineCall, fault, FaultError } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bus } from './bus.js';
import { startTestBroker, type TestBroker } from './testing/test-broker.js';
import { connectTestBus, Inbox, loggedLines, type LoggedLines } from './testing/test-bus.js';

const double = defineCall(
  'test.double.v1',
  { request: z.object({ number: z.number() }), value: z.object({ result: z.number() }) },
  2_000,
);

let broker: TestBroker;
let caller: Bus;
let service: Bus;
let raw: NatsConnection;
let logged: LoggedLines;
let callerLogged: LoggedLines;

beforeAll(async () => {
  broker = await startTestBroker();
});
beforeEach(async () => {
  logged = loggedLines();
  callerLogged = loggedLines();
  caller = await connectTestBus(broker.url, callerLogged);
  service = await connectTestBus(broker.url, logged);
  raw = await connect({ servers: broker.url });
});
afterEach(async () => {
  await Promise.all([caller.drain(), service.drain(), raw.close()]);
});
afterAll(() => broker.remove());

describe('a call', () => {
  it('is answered with the value of the handler', async () => {
    service.answer(double, 'doublers', ({ number }) => ({ result: number * 2 }));
    await service.flush();

    expect(await caller.call(double, { number: 21 })).toEqual({ ok: true, value: { result: 42 } });
  });

  it('carries what is said beside the request', async () => {
    const heard: string[] = [];
    service.answer(double, 'doublers', ({ number }, { headers }) => {
      heard.push(headers?.get('in-the-name-of') ?? '');
      return { result: number };
    });
    await service.flush();

    await caller.call(double, { number: 1 }, { headers: { 'in-the-name-of': 'zoë' } });

    expect(heard).toEqual(['zoë']);
  });

  it('is answered with invalid_request, naming the field, when the request does not fit the contract', async () => {
    service.answer(double, 'doublers', ({ number }) => ({ result: number * 2 }));
    await service.flush();

    const reply = await caller.call(double, { number: 'many' as unknown as number });

    expect(reply).toMatchObject({ ok: false, fault: { code: 'invalid_request', param: 'number' } });
  });

  it('is answered with invalid_request when the request is not JSON', async () => {
    service.answer(double, 'doublers', ({ number }) => ({ result: number * 2 }));
    await service.flush();

    const reply = await raw.request(double.subject, '{"number":');

    expect(reply.json()).toMatchObject({ ok: false, fault: { code: 'invalid_request' } });
  });

  it('is answered with the fault a handler throws', async () => {
    const notNow = fault('rate_limit_exceeded', 'Too many doubles.', { retryAfterMs: 1_500 });
    service.answer(double, 'doublers', () => {
      throw new FaultError(notNow);
    });
    await service.flush();

    expect(await caller.call(double, { number: 1 })).toEqual({ ok: false, fault: notNow });
  });

  it('is answered with internal_error and no detail when a handler fails, and the detail is logged', async () => {
    service.answer(double, 'doublers', () => Promise.reject(new Error('password of the database is wrong')));
    await service.flush();

    expect(await caller.call(double, { number: 1 })).toEqual({ ok: false, fault: fault('internal_error') });
    expect(await logged.line('a handler failed')).toMatchObject({
      subject: double.subject,
      error: { message: 'password of the database is wrong' },
    });
  });

  it('fails with the code for unavailable at once when nobody answers the subject', async () => {
    const reply = await caller.call(double, { number: 1 }, { unavailable: 'router_unavailable' });

    expect(reply).toEqual({ ok: false, fault: fault('router_unavailable') });
    expect(callerLogged.lines.at(-1)).toMatchObject({ msg: 'a call got no answer', subject: double.subject });
  });

  it('fails with the code for unavailable when the deadline passes', async () => {
    let finish: () => void = () => undefined;
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));
    service.answer(double, 'doublers', async () => {
      await mayFinish;
      return { result: 2 };
    });
    await service.flush();

    const options = { deadlineMs: 20, unavailable: 'router_unavailable' } as const;
    const reply = await caller.call(double, { number: 1 }, options);
    finish();

    expect(reply).toEqual({ ok: false, fault: fault('router_unavailable') });
  });

  it('fails with request_too_large when the request does not fit a message', async () => {
    const text = defineCall('test.text.v1', { request: z.string(), value: z.string() });

    const reply = await caller.call(text, 'x'.repeat(9 * 1024 * 1024));

    expect(reply).toEqual({ ok: false, fault: fault('request_too_large') });
  });

  it('is answered with request_too_large when the reply does not fit a message', async () => {
    const text = defineCall('test.text.v1', { request: z.string(), value: z.string() });
    service.answer(text, 'writers', () => 'x'.repeat(9 * 1024 * 1024));
    await service.flush();

    expect(await caller.call(text, 'long, please')).toMatchObject({
      ok: false,
      fault: { code: 'request_too_large', message: expect.stringContaining('ask for less') as string },
    });
  });

  it('fails with internal_error when the value does not fit the contract, unless it is not to be checked', async () => {
    raw.subscribe(double.subject, {
      callback: (_, message) => {
        message.respond('{"ok":true,"value":{"result":"four"}}');
      },
    });
    await raw.flush();

    expect(await caller.call(double, { number: 2 })).toMatchObject({ ok: false });
    expect(await caller.call(double, { number: 2 }, { checkValue: false })).toEqual({
      ok: true,
      value: { result: 'four' },
    });
  });

  it('fails with internal_error when the answer is no reply at all', async () => {
    const answers = ['nonsense', '[]', 'null', '{"ok":"yes"}', '{"ok":false,"fault":7}'];
    raw.subscribe(double.subject, {
      callback: (_, message) => {
        message.respond(answers.shift() ?? '');
      },
    });
    await raw.flush();

    for (const answer of [...answers]) {
      const reply = await caller.call(double, { number: 2 }, { checkValue: false });
      expect(reply, answer).toEqual({ ok: false, fault: fault('internal_error') });
    }
  });

  it('treats a fault code it does not know, from a newer service, as internal_error', async () => {
    raw.subscribe(double.subject, {
      callback: (_, message) => {
        message.respond('{"ok":false,"fault":{"code":"moon_phase","message":"Wait."}}');
      },
    });
    await raw.flush();

    expect(await caller.call(double, { number: 2 })).toEqual({
      ok: false,
      fault: { code: 'internal_error', message: 'Wait.' },
    });
  });

  it('goes to exactly one member of a queue, and the members share the work', async () => {
    const second = await connectTestBus(broker.url);
    const takenBy = [0, 0];
    for (const [index, member] of [service, second].entries()) {
      member.answer(double, 'doublers', ({ number }) => {
        takenBy[index] = (takenBy[index] ?? 0) + 1;
        return { result: number };
      });
      await member.flush();
    }

    const numbers = Array.from({ length: 100 }, (_, index) => index);
    const replies = await Promise.all(numbers.map((number) => caller.call(double, { number })));

    expect(replies.every((reply, index) => reply.ok && reply.value.result === index)).toBe(true);
    expect((takenBy[0] ?? 0) + (takenBy[1] ?? 0)).toBe(100);
    expect(Math.min(...takenBy)).toBeGreaterThan(0);
    await second.drain();
  });
});

describe('a drain', () => {
  it('lets calls in flight finish and takes no new ones', async () => {
    const begun = new Inbox<number>();
    let finish: () => void = () => undefined;
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));
    service.answer(double, 'doublers', async ({ number }) => {
      begun.put(number);
      await mayFinish;
      return { result: number * 2 };
    });
    await service.flush();

    const inFlight = caller.call(double, { number: 1 });
    await begun.next();
    const drained = service.drain();
    await caller.flush();
    const late = await caller.call(double, { number: 2 }, { unavailable: 'shutting_down' });
    finish();

    expect(late).toEqual({ ok: false, fault: fault('shutting_down') });
    expect(await inFlight).toEqual({ ok: true, value: { result: 2 } });
    await drained;
    expect(service.isConnected()).toBe(false);
  });

  it('gives up what does not finish in time', async () => {
    const begun = new Inbox<number>();
    service.answer(double, 'doublers', ({ number }) => {
      begun.put(number);
      return new Promise<never>(() => undefined);
    });
    await service.flush();

    const lost = caller.call(double, { number: 1 }, { deadlineMs: 500, unavailable: 'router_unavailable' });
    await begun.next();
    await service.drain(20);

    expect(service.isConnected()).toBe(false);
    expect(logged.lines.map(({ msg }) => msg)).toContain(
      'work on the bus did not finish in time and is given up',
    );
    expect(await lost).toEqual({ ok: false, fault: fault('router_unavailable') });
  });

  it('may be asked for twice', async () => {
    await Promise.all([service.drain(), service.drain()]);
    await service.drain();

    expect(service.isConnected()).toBe(false);
  });
});
