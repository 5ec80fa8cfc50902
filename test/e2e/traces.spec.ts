import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';
import { TraceCollector, type CollectedSpan } from './trace-collector.js';

// Real: all four services, NATS, Redis, Postgres, OpenTelemetry's exporter. Fake: the provider and the collector.

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const clientSpanId = '00f067aa0ba902b7';
let upstream: FakeUpstream;
let collector: TraceCollector;
let system: Signalbox;
let call: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  collector = await TraceCollector.start();
  system = await startSignalbox({
    config: `
model_list:
  - model_name: gpt-4o
    litellm_params: { model: openai/gpt-4o, api_base: ${upstream.siteUrl('eu')}/v1, api_key: sk-up, region_name: eu, rpm: 100 }
general_settings: { master_key: ${MASTER_KEY} }
`,
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_TRACES_SAMPLER_ARG: '0' },
  });
  call = apiCaller(system.url);
});
afterAll(async () => {
  await system.stop();
  await collector.stop();
  await upstream.stop();
});

function spansOf(trace: string, service: string, name: RegExp): CollectedSpan[] {
  return collector.spans.filter(
    (span) => span.traceId === trace && span.service.includes(service) && name.test(span.name),
  );
}

/** The spans of others that our spans of the trace lead back to. */
function origins(): (string | undefined)[] {
  const spans = collector.spans.filter((span) => span.traceId === traceId);
  return [...new Set(spans.map((span) => collector.lineOf(span).at(-1)?.parentSpanId))];
}

/** Services from the root down to the span, repeated ones once: who handed the call to whom. */
function route(span: CollectedSpan | undefined): string[] {
  if (span === undefined) return [];
  const services = collector.lineOf(span).map(({ service }) => service.replace(/^signalbox[-.]/, ''));
  return services.filter((service, index) => service !== services[index - 1]).toReversed();
}

describe('the trace of one call', () => {
  beforeAll(async () => {
    const { body } = await call('/key/generate', {});
    const answer = await call('/v1/chat/completions', chat('gpt-4o', { user: 'traced' }), {
      key: (body as { key: string }).key,
      headers: { traceparent: `00-${traceId}-${clientSpanId}-01` },
    });
    expect(answer.status).toBe(200);
    // Spans are sent in batches.
    await vi.waitUntil(
      () =>
        spansOf(traceId, 'gateway', /^POST .*completions/).length > 0 &&
        spansOf(traceId, 'router', /^evalsha/).length > 0 &&
        spansOf(traceId, 'identity', /^pg/).length > 0 &&
        origins().join() === clientSpanId,
      { timeout: 60_000, interval: 100 },
    );
  });

  it('begins with the HTTP request, below the span of the client', () => {
    const [entry] = spansOf(traceId, 'gateway', /^POST .*completions/);
    expect(entry?.parentSpanId).toBe(clientSpanId);
    expect(entry?.attributes['http.route']).toBe('/v1/chat/completions');
  });

  it('is one: every span of it leads back to that request', () => {
    expect(origins()).toEqual([clientSpanId]);
  });

  it('goes over NATS to the router, and from there to Redis', () => {
    const [redis] = spansOf(traceId, 'router', /redis|eval/i);
    expect(route(redis)).toEqual(['gateway', 'router']);
    const names = redis === undefined ? [] : collector.lineOf(redis).map((span) => span.name);
    expect(names).toEqual([redis?.name, 'router.decide', 'router.decide', 'POST /v1/chat/completions']);
  });

  it('goes over NATS to identity, and from there through Prisma to Postgres', () => {
    const queries = spansOf(traceId, 'identity', /^pg|query/i).filter((span) =>
      collector.lineOf(span).some(({ name }) => name.startsWith('prisma:')),
    );
    expect(queries.length).toBeGreaterThan(0);
    expect(route(queries[0])).toEqual(['gateway', 'identity']);
    const subjects = collector.spans.filter((span) => span.traceId === traceId).map((span) => span.name);
    expect(subjects.some((name) => name.includes('identity.authenticate.v1'))).toBe(true);
    expect(subjects.some((name) => name.includes('identity.end-user.v1'))).toBe(true);
  });

  it('goes to the provider, without telling it of our trace', () => {
    const outgoing = spansOf(traceId, 'gateway', /^upstream$/);
    expect(outgoing.length).toBe(1);
    expect(route(outgoing[0])).toEqual(['gateway']);
    expect(outgoing[0]?.attributes['http.response.status_code']).toBe(200);
    expect(upstream.requests('eu').at(-1)?.headers).not.toHaveProperty('traceparent');
  });
});

describe('a call whose client does not ask for a trace', () => {
  it('is not traced when the sampler says none', async () => {
    const before = new Set(collector.spans.map((span) => span.traceId));
    expect((await call('/v1/chat/completions', chat('gpt-4o'))).status).toBe(200);
    const marker = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    await call('/v1/chat/completions', chat('gpt-4o'), {
      headers: { traceparent: `00-${marker}-${clientSpanId}-01` },
    });
    await expect
      .poll(() => collector.spans.some((span) => span.traceId === marker), { timeout: 30_000 })
      .toBe(true);
    const now = new Set(collector.spans.map((span) => span.traceId));
    expect([...now].filter((trace) => !before.has(trace))).toEqual([marker]);
  });
});
