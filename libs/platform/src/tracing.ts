import { register } from 'import-in-the-middle/register-hooks.mjs';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { PrismaInstrumentation } from '@prisma/instrumentation';

/**
 * Starts tracing to an OTLP/HTTP collector and returns what flushes and stops it. Only the data stores are
 * instrumented by machine; the spans of HTTP and of the bus are made by hand where they say something.
 */
export function startTracing(
  service: string,
  collectorUrl: string,
  sampleRatio: number,
): () => Promise<void> {
  // Without the hook the ES modules of ioredis and pg are loaded as they are and make no spans.
  register({ include: ['ioredis', 'pg', 'pg-pool'] });
  const exporter = new OTLPTraceExporter({ url: `${collectorUrl.replace(/\/+$/, '')}/v1/traces` });
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
    // Empty lists switch off what the SDK would otherwise send by default.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new IORedisInstrumentation({ requireParentSpan: true }),
      new PgInstrumentation({ requireParentSpan: true }),
      new PrismaInstrumentation(),
    ],
  });
  sdk.start();
  return () => sdk.shutdown();
}
