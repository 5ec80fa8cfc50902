import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiCaller, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: all four services, NATS, Redis, Postgres, and OpenAI's own client. Fake: the provider.

let upstream: FakeUpstream;
let system: Signalbox;
let call: ApiCaller;
let client: OpenAI;

const messages = [{ role: 'user' as const, content: 'Hey there' }];

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const model = (name: string, site: string, more = ''): string =>
    `- { model_name: ${name}, litellm_params: { model: openai/${name}-upstream, api_base: "${upstream.siteUrl(site)}/v1", api_key: sk-up${more} }, model_info: { id: ${site} } }`;
  system = await startSignalbox({
    config: `
model_list:
  ${model('gpt-4o', 'eu-main', ', region_name: eu')}
  ${model('gpt-4o-us', 'us-spare', ', region_name: us')}
  ${model('gpt-4o-eu', 'eu-spare', ', region_name: eu')}
  ${model('long', 'eu-long', ', region_name: eu')}
  ${model('twins', 'twin-a', ', order: 1')}
  ${model('twins', 'twin-b', ', order: 2')}
  ${model('narrow', 'narrow', ', rpm: 1')}
  ${model('last-resort', 'last')}
router_settings:
  num_retries: 1
  enable_pre_call_checks: true
  fallbacks:
    - gpt-4o: [gpt-4o-us, gpt-4o-eu]
    - "*": [last-resort]
  context_window_fallbacks:
    - gpt-4o: [long]
  max_fallbacks: 3
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  call = apiCaller(system.url);
  client = clientOf(MASTER_KEY);
  await call('/end_user/new', { user_id: 'eu-customer', allowed_model_region: 'eu' });
});
beforeEach(() => {
  upstream.reset();
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

function clientOf(apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${system.url}/v1`, apiKey, maxRetries: 0 });
}

/** One chat; without a retry of the same deployment unless told, so that no test waits. */
function ask(model: string, more: object = {}, as = client) {
  return as.chat.completions.create({ model, messages, ...{ num_retries: 0 }, ...more }).withResponse();
}

async function servedBy(answer: ReturnType<typeof ask>): Promise<(string | null)[]> {
  const { headers } = (await answer).response;
  return ['model-id', 'attempted-retries', 'attempted-fallbacks'].map((name) =>
    headers.get(`x-litellm-${name}`),
  );
}

async function failureOf(answer: ReturnType<typeof ask>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error: unknown = await answer.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenAI.APIError)) throw new Error(`an error was expected, not ${String(error)}`);
  return error;
}

describe('an end user of the eu', () => {
  it('is led past a fallback outside to one inside', async () => {
    upstream.always('eu-main', { status: 503 });
    const answer = ask('gpt-4o', { user: 'eu-customer' });
    expect(await servedBy(answer)).toEqual(['eu-spare', '0', '2']);
    expect((await answer).response.headers.get('x-litellm-model-region')).toBe('eu');
    expect(upstream.requests('us-spare')).toEqual([]);
  });

  it('is refused rather than served from outside, by whatever fallback the client asks for', async () => {
    const asked = ['gpt-4o-us', 'us-spare', { model: 'gpt-4o-us', max_tokens: 5 }];
    const error = await failureOf(ask('gpt-4o-us', { user: 'eu-customer', fallbacks: asked }));
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error).toMatchObject({ status: 403, type: 'region_restricted' });
    expect(String(error)).toMatch(/Received Model Group=gpt-4o-us\. Available Model Group Fallbacks=\[/);
    expect(upstream.requests('us-spare')).toEqual([]);
  });

  it('is served from inside when the model itself is outside', async () => {
    const answer = ask('gpt-4o-us', { user: 'eu-customer', fallbacks: ['gpt-4o-us', 'gpt-4o-eu'] });
    expect(await servedBy(answer)).toEqual(['eu-spare', '0', '1']);
  });
});

describe('configured fallbacks', () => {
  it('serve in their order', async () => {
    upstream.always('eu-main', { status: 500 });
    expect(await servedBy(ask('gpt-4o'))).toEqual(['us-spare', '0', '1']);
  });

  it('serve what is too long for the model, as its provider says', async () => {
    const error = { message: 'too long', code: 'context_length_exceeded' };
    upstream.next('eu-main', { status: 400, body: { error } });
    expect(await servedBy(ask('gpt-4o'))).toEqual(['eu-long', '0', '1']);
  });

  it('serve any model by default, also one that does not exist or has no capacity left', async () => {
    upstream.always('twin-a', { status: 500 });
    upstream.always('twin-b', { status: 500 });
    expect(await servedBy(ask('twins'))).toEqual(['last', '0', '1']);
    expect(await servedBy(ask('gpt-17'))).toEqual(['last', '0', '1']);
    await ask('narrow');
    expect(await servedBy(ask('narrow'))).toEqual(['last', '0', '1']);
  });

  it('are not for a key that may not use them, nor for one that wants none', async () => {
    const keyOf = async (fields: object) =>
      clientOf(((await call('/key/generate', fields)).body as { key: string }).key);
    upstream.always('eu-main', { status: 503 });
    const bounded = await failureOf(ask('gpt-4o', {}, await keyOf({ models: ['gpt-4o'] })));
    expect(bounded.status).toBe(503);
    expect(String(bounded)).not.toContain('us');
    const unwilling = await keyOf({ metadata: { disable_fallbacks: true } });
    expect((await failureOf(ask('gpt-4o', {}, unwilling))).status).toBe(503);
    expect((await failureOf(ask('gpt-4o', { disable_fallbacks: true }))).status).toBe(503);
    expect(upstream.requests('us-spare')).toEqual([]);
  });
});

describe('fallbacks in the body', () => {
  it('have their own messages and max_tokens', async () => {
    upstream.always('eu-main', { status: 500 });
    const own = [{ role: 'user', content: 'What is a signal box?' }];
    const fallbacks = [{ model: 'last-resort', messages: own, max_tokens: 2 }];
    const { data, response } = await ask('gpt-4o', { temperature: 0.5, fallbacks });
    expect(response.headers.get('x-litellm-model-id')).toBe('last');
    expect(data.choices[0]).toMatchObject({ message: { content: 'Hello from' }, finish_reason: 'length' });
    expect(upstream.requests('last')[0]?.body).toEqual({
      model: 'last-resort-upstream',
      messages: own,
      max_tokens: 2,
      temperature: 0.5,
    });
  });

  it('stream', async () => {
    upstream.always('eu-main', { hangUp: true });
    const stream = await client.chat.completions.create({
      model: 'gpt-4o',
      messages,
      stream: true,
      ...{ num_retries: 0, fallbacks: ['last-resort'] },
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('Hello from last: you said "Hey there"');
  });

  it('may not change who asks', async () => {
    const error = await failureOf(ask('gpt-4o', { fallbacks: [{ model: 'long', user: 'somebody' }] }));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error.param).toBe('fallbacks[0].user');
  });
});

describe('retries', () => {
  it('go to another deployment first', async () => {
    upstream.always('twin-a', { status: 429, headers: { 'retry-after': '30' } });
    expect(await servedBy(ask('twins', { num_retries: 1 }))).toEqual(['twin-b', '1', '0']);
    expect([upstream.requests('twin-a').length, upstream.requests('twin-b').length]).toEqual([1, 1]);
  });

  it('go to the same one when it is the only one', async () => {
    upstream.next('last', { status: 500 });
    expect(await servedBy(ask('last-resort', { num_retries: 1 }))).toEqual(['last', '1', '0']);
  });

  it('obey the headers of a call', async () => {
    upstream.always('twin-a', { latencyMs: 60_000 });
    const headers = { 'x-litellm-timeout': '0.2', 'x-litellm-num-retries': '1' };
    const answer = client.chat.completions.create({ model: 'twins', messages }, { headers }).withResponse();
    expect((await answer).response.headers.get('x-litellm-model-id')).toBe('twin-b');
  });
});

describe('the error of the last resort', () => {
  it('says why every attempt failed, and no key', async () => {
    upstream.always('eu-main', { status: 503, body: { error: { message: 'overloaded with sk-up' } } });
    for (const site of ['us-spare', 'eu-spare', 'last']) upstream.always(site, { status: 500 });
    const error = await failureOf(ask('gpt-4o'));
    expect(error.status).toBe(503);
    expect(error.headers?.get('x-litellm-attempted-fallbacks')).toBe('3');
    for (const reason of ['gpt-4o (eu-main): 503', 'gpt-4o-us (us-spare): 500', 'last-resort (last): 500']) {
      expect(error.message).toContain(reason);
    }
  });
});

describe('mock testing', () => {
  it('shows where a call would go', async () => {
    expect(await servedBy(ask('gpt-4o', { mock_testing_fallbacks: true }))).toEqual(['us-spare', '0', '1']);
    const long = ask('gpt-4o', { mock_testing_context_window_fallbacks: true });
    expect(await servedBy(long)).toEqual(['eu-long', '0', '1']);
    expect(upstream.requests('eu-main')).toEqual([]);
  });
});
