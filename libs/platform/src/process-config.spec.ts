import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTelemetryConfig } from './config.js';
import { parseProcessConfig } from './process-config.js';

const schema = z.object({
  NATS_URL: z.url(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4_000),
  REDIS_URL: z.string().optional(),
});

describe('parseProcessConfig', () => {
  it('gives typed values with their defaults, and nothing the schema does not name', () => {
    const result = parseProcessConfig(schema, {
      NATS_URL: 'nats://a',
      REDIS_URL: 'redis://b',
      HOME: '/root',
    });

    expect(result).toEqual({
      ok: true,
      config: { NATS_URL: 'nats://a', PORT: 4_000, REDIS_URL: 'redis://b' },
    });
  });

  it('takes an empty variable for an absent one', () => {
    const result = parseProcessConfig(schema, { NATS_URL: 'nats://a', PORT: '', REDIS_URL: '' });

    expect(result).toEqual({ ok: true, config: { NATS_URL: 'nats://a', PORT: 4_000 } });
  });

  it('reports all faults in one sentence without any value', () => {
    const result = parseProcessConfig(schema, { PORT: '70000secret' });

    expect(result).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(
        /^The environment is not complete: NATS_URL is missing; PORT: .+\.$/,
      ) as string,
    });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

describe('readTelemetryConfig', () => {
  it('names the service after its folder and traces nothing unless told where to', () => {
    expect(readTelemetryConfig({}, '/srv/apps/router/dist/main.js')).toEqual({
      service: 'signalbox-router',
      collectorUrl: undefined,
      sampleRatio: 1,
    });
  });

  it('takes name, collector and ratio from the environment', () => {
    const environment = {
      OTEL_SERVICE_NAME: 'edge',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    };

    expect(readTelemetryConfig(environment, undefined)).toEqual({
      service: 'edge',
      collectorUrl: 'http://collector:4318',
      sampleRatio: 0.01,
    });
  });

  it.each(['', 'all', '7', '-1'])('samples everything when the ratio is "%s"', (ratio) => {
    expect(readTelemetryConfig({ OTEL_TRACES_SAMPLER_ARG: ratio }, undefined).sampleRatio).toBe(1);
  });
});
