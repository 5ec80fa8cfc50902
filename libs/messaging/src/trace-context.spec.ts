// Real: nats-server and the OpenTelemetry SDK. Only the exporter keeps its spans in memory.
import { SpanKind, trace } from '@opentelemetry/api';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  InMemorySpanExporter,
  ParentBasedSampler,
  SamplingDecision,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { defineCall, defineStream } from '@signalbox/contracts';
import { withSpan } from '@signalbox/platform';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bus } from './bus.js';
import { startTestBroker, type TestBroker } from './testing/test-broker.js';
import { connectTestBus, Inbox } from './testing/test-bus.js';

const echo = defineCall('test.echo.v1', { request: z.string(), value: z.string() });
const noted = defineStream('test.noted.v1', 'TEST_NOTED', z.string());

const exporter = new InMemorySpanExporter();
/** Samples what is not called `unsampled`. */
const root: Sampler = {
  shouldSample: (_context, _traceId, name) => ({
    decision: name === 'unsampled' ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED,
  }),
  toString: () => 'by name',
};
const sdk = new NodeSDK({
  sampler: new ParentBasedSampler({ root }),
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
});

let broker: TestBroker;
let caller: Bus;
let service: Bus;
let raw: NatsConnection;

beforeAll(async () => {
  sdk.start();
  broker = await startTestBroker();
});
beforeEach(async () => {
  exporter.reset();
  caller = await connectTestBus(broker.url);
  service = await connectTestBus(broker.url);
  raw = await connect({ servers: broker.url });
});
afterEach(() => Promise.all([caller.drain(), service.drain(), raw.close()]));
afterAll(() => Promise.all([broker.remove(), sdk.shutdown()]));

function spanNamed(name: string): ReadableSpan {
  const found = exporter.getFinishedSpans().find((span) => span.name === name);
  if (found === undefined) throw new Error(`There is no span "${name}".`);
  return found;
}

describe('the trace of a call', () => {
  it('goes on in the service, in a server span named after the subject', async () => {
    service.answer(echo, 'echoes', (text) => withSpan('work', {}, () => text));
    await service.flush();

    await withSpan('request', {}, () => caller.call(echo, 'hello'));

    const [request, server, work] = [spanNamed('request'), spanNamed(echo.subject), spanNamed('work')];
    expect(server.kind).toBe(SpanKind.SERVER);
    expect(server.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
    expect(work.parentSpanContext?.spanId).toBe(server.spanContext().spanId);
    expect(work.spanContext().traceId).toBe(request.spanContext().traceId);
  });

  it('costs neither headers nor a span when it is not sampled or there is none', async () => {
    const headers: unknown[] = [];
    raw.subscribe(echo.subject, {
      callback: (_, message) => {
        headers.push(message.headers);
        message.respond('{"ok":true,"value":"raw"}');
      },
    });
    await raw.flush();
    await caller.call(echo, 'outside a span');
    await withSpan('unsampled', {}, () => caller.call(echo, 'inside an unsampled span'));

    expect(headers).toEqual([undefined, undefined]);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('marks the server span of a failed handler without the text of its error', async () => {
    service.answer(echo, 'echoes', () => Promise.reject(new TypeError('secret of a customer')));
    await service.flush();

    await withSpan('request', {}, () => caller.call(echo, 'hello'));

    expect(spanNamed(echo.subject).status).toEqual({ code: 2, message: 'TypeError' });
    expect(spanNamed(echo.subject).events).toEqual([]);
  });
});

describe('the trace of a stream event', () => {
  it('goes on in the consumer; a batch of several traces is linked to the others', async () => {
    await caller.ensureStream(noted);
    await withSpan('first', {}, () => caller.publish(noted, 'one', 'one'));
    await caller.publish(noted, 'untraced', 'untraced');
    await withSpan('second', {}, () => caller.publish(noted, 'two', 'two'));
    const taken = new Inbox<string[]>();
    const reader = await service.consume(noted, { durable: 'reader' }, (events) => {
      expect(trace.getActiveSpan()?.isRecording()).toBe(true);
      taken.put(events);
    });

    expect(await taken.next()).toEqual(['one', 'untraced', 'two']);
    await reader.stop();

    const consumer = spanNamed(noted.subject);
    expect(consumer.kind).toBe(SpanKind.CONSUMER);
    expect(consumer.parentSpanContext?.spanId).toBe(spanNamed('first').spanContext().spanId);
    expect(consumer.links.map(({ context }) => context.spanId)).toEqual([
      spanNamed('second').spanContext().spanId,
    ]);
  });
});
