// A service of the tests, started with the telemetry preload: makes two spans, tells what it found, and ends.
import { trace } from '@opentelemetry/api';
import { Redis } from 'ioredis';
import { startOpsServer } from '../ops-server.js';
import { withSpan } from '../spans.js';
import { shutdownTelemetry } from '../telemetry.js';

const isTracing = await withSpan('outer', {}, () =>
  withSpan('inner', { kind: 'test' }, (span) => Promise.resolve(span.isRecording())),
);
const ops = await startOpsServer({ host: '127.0.0.1', port: 0, service: 'test', readiness: () => [] });
const metrics = await (await fetch(`http://127.0.0.1:${ops.port}/metrics`)).text();
// OpenTelemetry leaves this mark on what it wraps.
const isRedisWrapped = '__wrapped' in Reflect.get(Redis.prototype, 'sendCommand');
await shutdownTelemetry();
await ops.close();
process.send?.({ isTracing, isRedisWrapped, metrics, active: trace.getActiveSpan() !== undefined });
process.disconnect();
