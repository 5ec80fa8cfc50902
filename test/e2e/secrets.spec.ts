import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, type ApiCaller } from './api-caller.js';
import { TraceCollector } from './trace-collector.js';

// Real: all four services, NATS, Redis, Postgres. Fake: the provider and the trace collector. Secrets are planted, calls of every
// kind are made, good and bad, with everything logged and traced; then all that was written anywhere is searched.

const masterKey = 'sk-planted-master-8f3a';
const planted = {
  prompt: 'PLANTEDPROMPTqx71',
  answer: 'PLANTEDANSWERzk93',
  upstreamKey: 'sk-planted-upstream-55e1',
  masterKey,
  unknownKey: 'sk-planted-unknown-77c0',
  nextKey: 'sk-planted-next-9b2d',
};
let upstream: FakeUpstream;
let collector: TraceCollector;
let system: Signalbox;
let call: ApiCaller;
let bus: NatsConnection;
let redis: Redis;
let monitor: Redis;
let callerKey: string;
/** Everything heard, by where. */
const heard: Record<string, string[]> = { bus: [], redis: [] };

beforeAll(async () => {
  upstream = await startFakeUpstream();
  collector = await TraceCollector.start();
  const params = (site: string): string =>
    `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl(site)}/v1, api_key: ${planted.upstreamKey}, rpm: 1000 }`;
  system = await startSignalbox({
    config: `
model_list:
  - { model_name: good, litellm_params: ${params('good')} }
  - { model_name: bad, litellm_params: ${params('bad')} }
  - { model_name: gone, litellm_params: { model: openai/x, api_base: "http://127.0.0.1:1/v1", api_key: ${planted.upstreamKey} } }
router_settings: { num_retries: 1 }
general_settings: { master_key: ${masterKey} }
`,
    environment: {
      LOG_LEVEL: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_TRACES_SAMPLER_ARG: '1',
    },
  });
  call = apiCaller(system.url);
  bus = await connect({ servers: system.natsUrl });
  bus.subscribe('>', {
    callback: (_error, message) => {
      const { headers } = message;
      const pairs = headers?.keys().flatMap((name) => [name, ...headers.values(name)]) ?? [];
      heard['bus']?.push([message.subject, ...pairs, message.string()].join(' '));
    },
  });
  await bus.flush();
  redis = new Redis(system.redisUrl, { disableClientInfo: true });
  monitor = await redis.monitor();
  monitor.on('monitor', (_time: string, words: string[]) => heard['redis']?.push(words.join(' ')));
  await makeCalls();
});
afterAll(async () => {
  await collector.stop();
  await upstream.stop();
});

async function makeCalls(): Promise<void> {
  const { body } = await call('/key/generate', { key_alias: 'planted' }, { key: masterKey });
  callerKey = (body as { key: string }).key;
  upstream.always('good', { content: planted.answer });
  upstream.always('bad', {
    status: 400,
    body: { error: { message: `no ${planted.prompt} with ${planted.upstreamKey}` } },
  });
  const messages = [{ role: 'user', content: planted.prompt }];
  const paths: [string, object][] = ['good', 'bad', 'gone', 'unknown'].flatMap(
    (model): [string, object][] => [
      ['/v1/chat/completions', { model, messages, user: 'somebody' }],
      ['/v1/chat/completions', { model, messages, stream: true }],
      ['/v1/completions', { model, prompt: planted.prompt }],
      ['/v1/embeddings', { model, input: planted.prompt }],
    ],
  );
  for (const [path, body] of paths) await call(path, body, { key: callerKey });
  await call('/v1/chat/completions', chat('good'), { key: planted.unknownKey });
  await call('/v1/chat/completions', chat('good'), { key: '', headers: { 'x-litellm-api-key': callerKey } });
  await call('/v1/chat/completions', `{"model": "good", "messages": "${planted.prompt}`, { key: callerKey });
  await call('/v1/chat/completions', { model: planted.prompt.length, messages }, { key: callerKey });
  await call(`/v1/${planted.unknownKey}`, {}, { key: callerKey });
  await call(`/key/info?key=${callerKey}`, undefined, { key: masterKey });
  await call('/key/block', { key: callerKey }, { key: masterKey });
  await call('/key/list?return_full_object=true', undefined, { key: masterKey });
  const replacement = { new_key: planted.nextKey, grace_period: '1h' };
  await call(`/key/${callerKey}/regenerate`, replacement, { key: masterKey });
  await call('/v1/chat/completions', chat('good'), { key: planted.nextKey });
}

describe('secrets', () => {
  it('reached the provider, so they were there to be lost', () => {
    const received = JSON.stringify([upstream.requests('good'), upstream.requests('bad')]);
    expect(received).toContain(planted.prompt);
    expect(received).toContain(planted.upstreamKey);
    expect(received).not.toContain(callerKey);
    expect(received).not.toContain(masterKey);
  });

  it('are in no metric', async () => {
    for (const url of system.opsUrls) {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('# TYPE');
      expectNothingPlanted(metrics);
    }
  });

  it('never crossed the bus, and never reached Redis', () => {
    expect(heard['bus']?.filter((message) => message.includes('router.decide.v1')).length).toBeGreaterThan(0);
    expect(heard['redis']?.length).toBeGreaterThan(0);
    expectNothingPlanted(heard['bus']?.join('\n') ?? '');
    expectNothingPlanted(heard['redis']?.join('\n') ?? '');
  });

  it('are in no log and no span of any service, to the last line', async () => {
    monitor.disconnect();
    redis.disconnect();
    await bus.close();
    await system.stop();
    const logs = system.logs();
    expect(
      Object.keys(logs)
        .toSorted()
        .map((name) => name.replace(/-\d+.*$/, '')),
    ).toEqual(['gateway', 'identity', 'router', 'usage']);
    for (const [, text] of Object.entries(logs)) {
      expect(text).toMatch(/\S/);
      expectNothingPlanted(text);
    }
    expect(collector.spans.length).toBeGreaterThan(10);
    expectNothingPlanted(collector.payloads.join('\n'));
  });
});

function expectNothingPlanted(text: string): void {
  for (const secret of [...Object.values(planted), callerKey]) {
    // Not toContain: a failure would print the whole text.
    const at = text.indexOf(secret);
    expect(at === -1 ? '' : `${text.slice(Math.max(0, at - 200), at)}<<${secret}>>`).toBe('');
  }
}
