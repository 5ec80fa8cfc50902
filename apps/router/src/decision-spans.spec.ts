/** Real: the OpenTelemetry SDK with an exporter that keeps spans in memory. */
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { tracer } from '@signalbox/platform';
import { conclude, judge } from '@signalbox/routing';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from '@signalbox/routing/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { withDecisionSpans } from './decision-spans.js';

const exporter = new InMemorySpanExporter();
const catalog = aCatalog([aDeployment({ id: 'eu', region: aRegion('eu') })]);
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

const sdk = new NodeSDK({
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
});

beforeAll(() => {
  sdk.start();
});
afterEach(() => {
  exporter.reset();
});
afterAll(() => sdk.shutdown());

async function record(...requests: ReturnType<typeof aRouteRequest>[]): Promise<void> {
  await withDecisionSpans(requests, async () => {
    // Stands for the admission, whose client makes a span below the active one.
    await Promise.resolve();
    if (trace.getActiveSpan()?.isRecording() === true) tracer.startSpan('evalsha').end();
    return requests.map((request) => conclude(judge(catalog, request, { learnedRegion: () => undefined })));
  });
}

it('adds the decision, and the admission below it, to the trace of the request', async () => {
  await record(aRouteRequest({ traceparent }));
  const [admission, span, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect(span?.name).toBe('router.decide');
  expect(span?.spanContext().traceId).toBe(traceId);
  expect(span?.attributes).toEqual({
    'signalbox.outcome': 'chosen',
    'signalbox.model_group': 'gpt-4',
    'signalbox.deployment_id': 'eu',
    'signalbox.region': 'eu',
  });
  expect(admission?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
});

it('tells every trace of a batch, and where the admission is to be found', async () => {
  const other = traceparent.replace(traceId, '1bf7651916cd43dd8448eb211c80319d');
  await record(aRouteRequest(), aRouteRequest({ traceparent }), aRouteRequest({ traceparent: other }));
  const [first, second, ...more] = exporter
    .getFinishedSpans()
    .filter(({ name }) => name === 'router.decide')
    .sort((one, another) => one.links.length - another.links.length);
  expect(more).toEqual([]);
  expect(first?.spanContext().traceId).toBe(traceId);
  expect(second?.spanContext().traceId).toBe('1bf7651916cd43dd8448eb211c80319d');
  expect(second?.links.map(({ context }) => context.spanId)).toEqual([first?.spanContext().spanId]);
});

it('says why a request was refused', async () => {
  await record(aRouteRequest({ traceparent, residency: [{ allowed: ['us'], from: 'team' }] }));
  const [span] = exporter.getFinishedSpans().filter(({ name }) => name === 'router.decide');
  expect(span?.attributes).toEqual({ 'signalbox.outcome': 'region_restricted' });
});

it('makes no span for requests that nobody traces', async () => {
  await record(aRouteRequest(), aRouteRequest({ model: 'unknown' }));
  expect(exporter.getFinishedSpans()).toEqual([]);
});

it('ends its span when the decision fails', async () => {
  const failing = withDecisionSpans([aRouteRequest({ traceparent })], () =>
    Promise.reject(new Error('broken')),
  );
  await expect(failing).rejects.toThrow('broken');
  expect(exporter.getFinishedSpans().length).toBe(1);
});
