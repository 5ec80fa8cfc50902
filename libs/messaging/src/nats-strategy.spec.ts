// Real: nats-server and a Nest microservice. The controllers are the test's own.
import 'reflect-metadata';
import {
  Catch,
  Controller,
  Injectable,
  Module,
  UseFilters,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type INestMicroservice,
  type NestInterceptor,
  type RpcExceptionFilter,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, MessagePattern, NatsContext, Payload } from '@nestjs/microservices';
import { defineCall, defineEvent, defineStream, fault, FaultError } from '@signalbox/contracts';
import { nestLogger } from '@signalbox/platform';
import { map, throwError, type Observable } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bus } from './bus.js';
import { Answers, Consumes, Listens } from './handlers.js';
import { NatsStrategy } from './nats-strategy.js';
import { startTestBroker, type TestBroker } from './testing/test-broker.js';
import { connectTestBus, Inbox, loggedLines, type LoggedLines } from './testing/test-bus.js';

const Text = z.object({ text: z.string() });
const shout = defineCall('test.shout.v1', { request: Text, value: Text });
const refuse = defineCall('test.refuse.v1', { request: Text, value: Text });
const fail = defineCall('test.fail.v1', { request: Text, value: Text });
const guard = defineCall('test.guard.v1', { request: Text, value: Text });
const wait = defineCall('test.wait.v1', { request: Text, value: Text });
const said = defineEvent('test.said.v1', Text);
const written = defineStream('test.written.v1', 'TEST_WRITTEN', Text);

class OutOfPaper extends Error {}

/** The way a service turns errors of its own into faults. */
@Catch(OutOfPaper)
class PaperFilter implements RpcExceptionFilter {
  catch(): Observable<never> {
    return throwError(() => new FaultError(fault('usage_unavailable')));
  }
}

@Injectable()
class Punctuation implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<{ text: string }>): Observable<{ text: string }> {
    return next.handle().pipe(map(({ text }) => ({ text: `${text}!` })));
  }
}

@Injectable()
class Voice {
  readonly heard = new Inbox<string>();
  readonly read = new Inbox<string[]>();
  readonly waiting = new Inbox<() => void>();
  failures = 0;
}

@Controller()
@UseFilters(PaperFilter)
class VoiceController {
  constructor(private readonly voice: Voice) {}

  @Answers(shout)
  @UseInterceptors(Punctuation)
  shout(@Payload() { text }: { text: string }, @Ctx() context: NatsContext): Promise<{ text: string }> {
    return Promise.resolve({ text: `${text.toUpperCase()} on ${context.getSubject()}` });
  }

  @Answers(refuse)
  refuse(): never {
    throw new FaultError(fault('admin_only'));
  }

  @Answers(fail)
  fail(): Promise<{ text: string }> {
    return Promise.reject(new Error('the printer burns'));
  }

  @Answers(guard)
  guard(): { text: string } {
    throw new OutOfPaper();
  }

  @Answers(wait)
  async wait({ text }: { text: string }): Promise<{ text: string }> {
    await new Promise<void>((resolve) => {
      this.voice.waiting.put(resolve);
    });
    return { text };
  }

  @Listens(said)
  hear({ text }: { text: string }): void {
    this.voice.heard.put(text);
  }

  @Consumes(written, { durable: 'voice', batchSize: 10, retryDelayMs: 1 })
  read(events: { text: string }[]): Promise<void> {
    this.voice.failures += 1;
    if (this.voice.failures === 1) return Promise.reject(new Error('not yet'));
    this.voice.read.put(events.map(({ text }) => text));
    return Promise.resolve();
  }
}

@Module({ controllers: [VoiceController], providers: [Voice] })
class VoiceModule {}

let broker: TestBroker;
let bus: Bus;
let caller: Bus;
let app: INestMicroservice;
let logged: LoggedLines;

beforeAll(async () => {
  broker = await startTestBroker();
});
beforeEach(async () => {
  logged = loggedLines();
  bus = await connectTestBus(broker.url, logged);
  caller = await connectTestBus(broker.url);
  app = await NestFactory.createMicroservice(VoiceModule, {
    strategy: new NatsStrategy({ bus, queue: 'voices' }),
    logger: nestLogger(logged.logger),
  });
});
afterEach(async () => {
  await app.close();
  await Promise.all([bus.drain(), caller.drain()]);
});
afterAll(() => broker.remove());

describe('a Nest controller on the bus', () => {
  it('takes nothing before listen', async () => {
    await app.init();

    const reply = await caller.call(shout, { text: 'hey' }, { unavailable: 'router_unavailable' });
    expect(reply).toEqual({ ok: false, fault: fault('router_unavailable') });
  });

  it('answers a call through its interceptors, with its dependencies and context', async () => {
    await app.listen();

    const reply = await caller.call(shout, { text: 'hey' });
    expect(reply).toEqual({ ok: true, value: { text: 'HEY on test.shout.v1!' } });
  });

  it('is not asked when the request does not fit the contract', async () => {
    await app.listen();

    const reply = await caller.call(shout, {} as { text: string });
    expect(reply).toMatchObject({ ok: false, fault: { code: 'invalid_request', param: 'text' } });
  });

  it('answers with the fault it throws', async () => {
    await app.listen();

    expect(await caller.call(refuse, { text: '' })).toEqual({ ok: false, fault: fault('admin_only') });
  });

  it('answers with what its own filter makes of an exception', async () => {
    await app.listen();

    expect(await caller.call(guard, { text: '' })).toEqual({ ok: false, fault: fault('usage_unavailable') });
  });

  it('answers with internal_error and logs what happened when it fails otherwise', async () => {
    await app.listen();

    expect(await caller.call(fail, { text: '' })).toEqual({ ok: false, fault: fault('internal_error') });
    await logged.line('the printer burns');
    expect(await logged.line('a handler failed')).toMatchObject({ subject: fail.subject });
  });

  it('hears events and takes stream batches again that it failed on', async () => {
    await app.listen();
    const voice = app.get(Voice);
    caller.broadcast(said, { text: 'hello' });
    await caller.publish(written, { text: 'dear all' }, 'letter-1');

    expect(await voice.heard.next()).toBe('hello');
    expect(await voice.read.next()).toEqual(['dear all']);
    expect(voice.failures).toBe(2);
  });

  it('finishes calls in flight when it is closed, and leaves the connection to its owner', async () => {
    await app.listen();
    const voice = app.get(Voice);
    const inFlight = caller.call(wait, { text: 'slow' });
    const finish = await voice.waiting.next();

    const closed = app.close();
    finish();
    await closed;

    expect(await inFlight).toEqual({ ok: true, value: { text: 'slow' } });
    expect(bus.isConnected()).toBe(true);
    const late = await caller.call(shout, { text: 'late' }, { unavailable: 'shutting_down' });
    expect(late).toEqual({ ok: false, fault: fault('shutting_down') });
  });
});

describe('a controller that is wired wrongly', () => {
  it('is refused when a handler has no contract', async () => {
    @Controller()
    class Loose {
      @MessagePattern('loose.end')
      handle(): string {
        return 'anything';
      }
    }
    @Module({ controllers: [Loose] })
    class LooseModule {}
    const loose = await NestFactory.createMicroservice(LooseModule, {
      strategy: new NatsStrategy({ bus, queue: 'loose' }),
      logger: false,
      abortOnError: false,
    });

    await expect(loose.listen()).rejects.toThrow('has no contract');
  });

  it('is refused when two handlers answer the same call', async () => {
    @Controller()
    class Doubled {
      @Answers(shout)
      first(): { text: string } {
        return { text: 'first' };
      }
      @Answers(shout)
      second(): { text: string } {
        return { text: 'second' };
      }
    }
    @Module({ controllers: [Doubled] })
    class DoubledModule {}
    const doubled = await NestFactory.createMicroservice(DoubledModule, {
      strategy: new NatsStrategy({ bus, queue: 'doubled' }),
      logger: false,
      abortOnError: false,
    });

    await expect(doubled.listen()).rejects.toThrow('Two handlers answer test.shout.v1');
  });
});
