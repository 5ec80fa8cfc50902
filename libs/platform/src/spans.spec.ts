// Real: the OpenTelemetry SDK. Only the exporter keeps its spans in memory.
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { withSpan } from './spans.js';

const exporter = new InMemorySpanExporter();
const sdk = new NodeSDK({
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
});

beforeAll(() => {
  sdk.start();
});
beforeEach(() => {
  exporter.reset();
});
afterAll(() => sdk.shutdown());

describe('withSpan', () => {
  it('is active while the work runs and ends with it', async () => {
    const result = await withSpan('work', { model: 'gpt-4o' }, (span) => {
      expect(trace.getActiveSpan()).toBe(span);
      return 42;
    });

    expect(result).toBe(42);
    expect(exporter.getFinishedSpans()).toMatchObject([
      { name: 'work', attributes: { model: 'gpt-4o' }, status: { code: SpanStatusCode.UNSET } },
    ]);
  });

  it('marks failed work by the name of its error only, and passes the error on', async () => {
    const work = (): Promise<never> => Promise.reject(new TypeError('text of a prompt'));

    await expect(withSpan('work', {}, work)).rejects.toThrow('text of a prompt');
    const [span] = exporter.getFinishedSpans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'TypeError' });
    expect(span?.events).toEqual([]);
  });
});

describe('a log line inside a span', () => {
  it('names its trace', async () => {
    const lines: Record<string, unknown>[] = [];
    const write = (text: string): void => {
      lines.push(JSON.parse(text) as Record<string, unknown>);
    };
    const logger = createLogger({ service: 'router', destination: { write } });
    logger.info('outside');
    const { traceId, spanId } = await withSpan('work', {}, (span) => {
      logger.info('inside');
      return span.spanContext();
    });

    expect(lines[0]).not.toHaveProperty('traceId');
    expect(lines[1]).toMatchObject({ traceId, spanId });
  });
});
