import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiCaller, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: all four services, NATS, Redis, Postgres, and OpenAI's own client. Fake: the provider.

let upstream: FakeUpstream;
let system: Signalbox;
let call: ApiCaller;

const messages = [{ role: 'user' as const, content: 'Hey there' }];

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const site = `api_base: ${upstream.siteUrl('us')}/v1, api_key: open-sesame`;
  system = await startSignalbox({
    config: `
model_list:
  - model_name: gpt-4o
    litellm_params: { model: openai/gpt-4o, ${site}, region_name: us }
  - model_name: narrow
    litellm_params: { model: openai/gpt-4o, ${site}, rpm: 1 }
  - model_name: nowhere
    litellm_params: { model: openai/gpt-4o, api_base: "http://127.0.0.1:1/v1", api_key: open-sesame }
  - model_name: hasty
    litellm_params: { model: openai/gpt-4o, ${site}, timeout: 0.2 }
  - model_name: short
    litellm_params: { model: openai/gpt-4o, ${site} }
    model_info: { max_input_tokens: 10 }
router_settings: { num_retries: 0, enable_pre_call_checks: true }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  call = apiCaller(system.url);
  await call('/end_user/new', { user_id: 'eu-customer', allowed_model_region: 'eu' });
  await call('/end_user/new', { user_id: 'blocked-customer', blocked: true });
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

async function failure(model: string, more: object = {}, apiKey = MASTER_KEY): Promise<unknown> {
  return clientOf(apiKey)
    .chat.completions.create({ model, messages, ...more })
    .then(
      () => 'no error',
      (error: unknown) => error,
    );
}

async function keyOf(fields: object): Promise<string> {
  const { body } = await call('/key/generate', fields);
  return (body as { key: string }).key;
}

describe("the classes of OpenAI's client", () => {
  it('AuthenticationError for a key nobody knows', async () => {
    const error = await failure('gpt-4o', {}, 'sk-nobody');
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error).toMatchObject({ status: 401, type: 'token_not_found_in_db', code: '401' });
  });

  it('PermissionDeniedError for a model the key may not use', async () => {
    const error = await failure('gpt-4o', {}, await keyOf({ models: ['narrow'] }));
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error).toMatchObject({ type: 'key_model_access_denied' });
    expect(String(error)).toContain('key not allowed to access model');
  });

  it('PermissionDeniedError when no deployment lies in the allowed region', async () => {
    const error = await failure('gpt-4o', { user: 'eu-customer' });
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error).toMatchObject({ type: 'region_restricted' });
    expect(String(error)).toMatch(/No deployments available.*\beu\b/);
    expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get('x-should-retry')).toBe('false');
    expect(upstream.requests('us')).toEqual([]);
  });

  it('PermissionDeniedError for a blocked end user', async () => {
    expect(await failure('gpt-4o', { user: 'blocked-customer' })).toBeInstanceOf(
      OpenAI.PermissionDeniedError,
    );
  });

  it('NotFoundError for a model that is not configured', async () => {
    const error = await failure('gpt-17');
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({ type: 'model_not_found' });
    expect(String(error)).toContain('Invalid model name');
  });

  it('RateLimitError over every limit, with the time to wait', async () => {
    expect(await failure('narrow')).toBe('no error');
    const error = await failure('narrow');
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(String(error)).toContain('No deployments available');
    const seconds = Number((error as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  it('BadRequestError for a prompt that is too long for every deployment', async () => {
    const long = [{ role: 'user', content: 'word '.repeat(200) }];
    const error = await failure('short', { messages: long });
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(String(error)).toContain('Context Window exceeded');
  });

  it.each([
    [400, OpenAI.BadRequestError],
    [404, OpenAI.NotFoundError],
    [422, OpenAI.UnprocessableEntityError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
    [503, OpenAI.InternalServerError],
  ])("hands on the provider's %i as what it is", async (status, errorClass) => {
    upstream.next('us', { status });
    expect(await failure('gpt-4o')).toBeInstanceOf(errorClass);
  });

  it("hands on the provider's 401, without the key it was about", async () => {
    upstream.next('us', {
      status: 401,
      body: { error: { message: 'Incorrect API key provided: open-sesame' } },
    });
    const error = await failure('gpt-4o');
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(String(error)).not.toContain('open-sesame');
  });

  it('InternalServerError when the provider cannot be reached', async () => {
    expect(await failure('nowhere')).toMatchObject({ status: 502, type: 'upstream_error' });
  });

  it('InternalServerError when the provider does not answer in time', async () => {
    upstream.next('us', { latencyMs: 60_000 });
    expect(await failure('hasty')).toMatchObject({ status: 504, type: 'timeout_error' });
  });
});
