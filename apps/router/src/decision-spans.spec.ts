/** Real: the OpenTelemetry SDK with an exporter that keeps spans in memory. */
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { conclude, judge } from '@signalbox/routing';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from '@signalbox/routing/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { recordDecisionSpans } from './decision-spans.js';

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

function record(...requests: ReturnType<typeof aRouteRequest>[]): void {
  const outcomes = requests.map((request) =>
    conclude(judge(catalog, request, { learnedRegion: () => undefined })),
  );
  recordDecisionSpans(requests, outcomes, 1_700_000_000_000);
}

it('adds the decision to the trace of the request', () => {
  record(aRouteRequest({ traceparent }));
  const [span, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect(span?.name).toBe('router.decide');
  expect(span?.spanContext().traceId).toBe(traceId);
  expect(span?.startTime[0]).toBe(1_700_000_000);
  expect(span?.attributes).toEqual({
    'signalbox.outcome': 'chosen',
    'signalbox.model_group': 'gpt-4',
    'signalbox.deployment_id': 'eu',
    'signalbox.region': 'eu',
  });
});

it('says why a request was refused', () => {
  record(aRouteRequest({ traceparent, residency: [{ allowed: ['us'], from: 'team' }] }));
  expect(exporter.getFinishedSpans()[0]?.attributes).toEqual({ 'signalbox.outcome': 'region_restricted' });
});

it('makes no span for requests that nobody traces', () => {
  record(aRouteRequest(), aRouteRequest({ model: 'unknown' }));
  expect(exporter.getFinishedSpans()).toEqual([]);
});
