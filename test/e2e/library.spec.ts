import { Router, type ModelListEntry } from '@signalbox/router';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: the whole system, and beside it the router as a library with the same Redis. Fake: the provider.

const rpm = 12;
let upstream: FakeUpstream;
let system: Signalbox;
let api: ApiCaller;
let library: Router;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const at = (site: string) => ({
    model: 'openai/gpt-4o',
    api_base: upstream.siteUrl(site),
    api_key: 'sk-up',
  });
  // Nobody names the first deployment: that its ledger is the same follows from the entry alone.
  const modelList: ModelListEntry[] = [
    { model_name: 'limited', litellm_params: { ...at('limited'), rpm } },
    { model_name: 'fragile', litellm_params: at('fragile'), model_info: { id: 'fragile' } },
  ];
  const spare = { model_name: 'fragile', litellm_params: at('spare'), model_info: { id: 'spare' } };
  system = await startSignalbox({
    replicas: { router: 2 },
    config: {
      model_list: [...modelList, spare],
      // Left to themselves, the services would leave nothing alone.
      router_settings: { num_retries: 0, routing_strategy: 'simple-shuffle', allowed_fails: 1_000 },
      general_settings: { master_key: MASTER_KEY },
    },
  });
  api = apiCaller(system.url);
  library = new Router({
    modelList,
    redisUrl: system.redisUrl,
    numRetries: 0,
    allowedFails: 0,
    cooldownTime: 60,
  });
});
afterAll(async () => {
  await library.close();
  await system.stop();
  await upstream.stop();
});

const throughGateway = async (): Promise<number> =>
  (await api('/v1/chat/completions', chat('limited'))).status;
const throughLibrary = (): Promise<number> =>
  library.chatCompletion({ model: 'limited', messages: [{ role: 'user', content: 'Hey' }] }).then(
    () => 200,
    (error: unknown) => (error as { status?: number }).status ?? 0,
  );

it('library and services never send more than the limit together', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 40 }, (_, call) => (call % 2 === 0 ? throughGateway() : throughLibrary())),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(rpm);
  expect(statuses.filter((status) => status === 429)).toHaveLength(40 - rpm);
  expect(upstream.requests('limited')).toHaveLength(rpm);
});

it('what failed for the library is left alone by the services', async () => {
  upstream.always('fragile', { status: 500 });
  await expect(
    library.chatCompletion({ model: 'fragile', messages: [{ role: 'user', content: 'Hey' }] }),
  ).rejects.toMatchObject({ status: 500 });
  // Nobody tells the routers: they read it from Redis, a second later at most.
  await expect
    .poll(
      async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => api('/v1/chat/completions', chat('fragile'))),
        );
        return new Set(
          answers.map(({ status, headers }) => [status, headers.get('x-litellm-model-id')].join(' ')),
        );
      },
      { timeout: 15_000 },
    )
    .toEqual(new Set(['200 spare']));
});
