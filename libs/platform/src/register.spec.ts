// Real: processes started with the telemetry preload. The collector is a fake that keeps what it is sent.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startScript } from './testing/child-process.js';

interface Collected {
  readonly path: string | undefined;
  readonly body: string;
}

interface Facts {
  readonly isTracing: boolean;
  readonly isRedisWrapped: boolean;
  readonly metrics: string;
}

let collector: Server;
let collected: Collected[];
let collectorUrl: string;

beforeEach(async () => {
  collected = [];
  collector = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      collected.push({ path: request.url, body });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    collector.listen(0, '127.0.0.1', resolve);
  });
  collectorUrl = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterEach(() => {
  collector.close();
  collector.closeAllConnections();
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function run(environment: Record<string, string>): Promise<Facts> {
  const service = startScript('traced-service.ts', { preload: ['../register.ts'], environment });
  const exit = await service.exited;
  expect(exit, service.output).toEqual({ code: 0, signal: null });
  return service.messages[0] as Facts;
}

describe('the telemetry preload', () => {
  it('keeps metrics, traces nothing and wraps nothing when there is no collector', async () => {
    const { isTracing, isRedisWrapped, metrics } = await run({});

    expect({ isTracing, isRedisWrapped }).toEqual({ isTracing: false, isRedisWrapped: false });
    expect(metrics).toContain('service_name="signalbox-src"');
    expect(metrics).toMatch(/^nodejs_eventloop_utilization/m);
    expect(metrics).toMatch(/^process_cpu_time_total\{process_cpu_state="user"\} /m);
    expect(metrics).toMatch(/^process_memory_usage /m);
  });

  it('sends the spans to the collector before shutdownTelemetry resolves', async () => {
    const { isTracing, isRedisWrapped } = await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collectorUrl}/`,
      OTEL_SERVICE_NAME: 'edge',
    });

    expect({ isTracing, isRedisWrapped }).toEqual({ isTracing: true, isRedisWrapped: true });
    expect(collected.map(({ path }) => path)).toEqual(['/v1/traces']);
    for (const text of ['edge', 'outer', 'inner']) expect(collected[0]?.body).toContain(text);
  });

  it('samples the share of traces it is told', async () => {
    const { isTracing } = await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
      OTEL_TRACES_SAMPLER_ARG: '0',
    });

    expect(isTracing).toBe(false);
    expect(collected).toEqual([]);
  });
});
