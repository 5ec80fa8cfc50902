/** Real: Router, HTTP to a pretended provider. */
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRouterHouse, type RouterHouse } from './spec-support/router-house.js';

const messages = [{ role: 'user', content: 'Hey' }] satisfies OpenAI.ChatCompletionMessageParam[];
const chat = { model: 'gpt-4o', messages };
let house: RouterHouse;

beforeEach(async () => {
  house = await openRouterHouse();
});
afterEach(() => house.stop());

describe('other kinds of calls', () => {
  it('are served through the official client', async () => {
    const router = house.open({ modelList: [house.at('eu')] });
    const { openai } = router;
    const response = await openai.responses.create({ model: 'gpt-4o', input: 'Hey' });
    expect(response.output_text).toContain('Hello from eu');
    const speech = await openai.audio.speech.create({ model: 'gpt-4o', input: 'Hey', voice: 'alloy' });
    expect((await speech.arrayBuffer()).byteLength).toBeGreaterThan(0);
    const { results } = await openai.moderations.create({ model: 'gpt-4o', input: 'Hey' });
    expect(results).toHaveLength(1);
    await expect.poll(() => house.usage.length).toBe(3);
    expect(house.usage.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('that break off in their middle reject', async () => {
    house.upstream.always('eu', { truncateStreamAfter: 1 });
    const router = house.open({ modelList: [house.at('eu')], numRetries: 0 });
    const speech = await router.openai.audio.speech.create({ model: 'gpt-4o', input: 'Hey', voice: 'alloy' });
    await expect(speech.arrayBuffer()).rejects.toThrow('broke off');
  });
});

describe('a chat completion', () => {
  it('is served by a deployment of the model', async () => {
    const router = house.open({ modelList: [house.at('eu')] });
    const completion = await router.chatCompletion(chat);
    expect(completion.choices[0]?.message.content).toContain('Hello from eu');
    const [request] = house.upstream.requests('eu');
    expect(request?.headers['authorization']).toBe('Bearer sk-eu');
    expect(request?.body).toEqual({ model: 'gpt-4o', messages });
  });

  it('tells by its headers who served it', async () => {
    const router = house.open({ modelList: [house.at('eu', { rpm: 5 })] });
    const { response } = await router.chatCompletion(chat).withResponse();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-litellm-model-id': 'eu',
      'x-litellm-model-group': 'gpt-4o',
      'x-ratelimit-limit-requests': '5',
      'x-ratelimit-remaining-requests': '4',
    });
  });

  it('comes in chunks', async () => {
    const router = house.open({ modelList: [house.at('eu')] });
    const stream = await router.chatCompletion({ ...chat, stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toContain('Hello from eu');
    await expect.poll(() => house.usage).toMatchObject([{ outcome: 'succeeded', streamed: true }]);
    expect(house.usage[0]?.tokens).toMatchObject({ source: 'provider', prompt: 1 });
  });

  it('comes whole however slowly it is read', async () => {
    const content = Array.from({ length: 2_000 }, (_, index) => `word${index} ${'x'.repeat(200)}`).join(' ');
    house.upstream.always('eu', { content });
    const router = house.open({ modelList: [house.at('eu')] });
    const stream = await router.chatCompletion({ ...chat, stream: true });
    let text = '';
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(text).toBe(content);
  });

  it('is given up when its reader leaves', async () => {
    house.upstream.always('eu', { chunks: 1_000, chunkDelayMs: 5 });
    const router = house.open({ modelList: [house.at('eu')] });
    const stream = await router.chatCompletion({ ...chat, stream: true });
    for await (const chunk of stream) if (chunk.choices.length > 0) break;
    await expect.poll(() => house.usage).toMatchObject([{ outcome: 'client_disconnected' }]);
    await expect.poll(() => house.upstream.openConnections()).toBe(0);
  });

  it('is an error when the provider breaks off in the middle', async () => {
    house.upstream.always('eu', { truncateStreamAfter: 2 });
    const router = house.open({ modelList: [house.at('eu')] });
    const stream = await router.chatCompletion({ ...chat, stream: true });
    const read = async (): Promise<void> => {
      for await (const chunk of stream) expect(chunk.object).toBe('chat.completion.chunk');
    };
    await expect(read()).rejects.toThrow(OpenAI.APIError);
  });
});

describe('an embedding', () => {
  it('comes as numbers', async () => {
    const router = house.open({ modelList: [house.at('eu')] });
    const { data } = await router.embedding({ model: 'gpt-4o', input: ['one', 'two'] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    expect(house.upstream.requests('eu')[0]?.body).toMatchObject({ encoding_format: 'float' });
  });

  it('comes as the caller wants it', async () => {
    const router = house.open({ modelList: [house.at('eu')] });
    const { data } = await router.embedding({ model: 'gpt-4o', input: 'one', encoding_format: 'base64' });
    expect(data[0]?.embedding).toBeTypeOf('string');
  });
});

describe('a refusal of the router', () => {
  it('is a RateLimitError that says when to come again', async () => {
    const router = house.open({ modelList: [house.at('eu', { rpm: 1 })] });
    await router.chatCompletion(chat);
    const error = await router.chatCompletion(chat).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    const { headers } = error as InstanceType<typeof OpenAI.RateLimitError>;
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(house.upstream.requests('eu')).toHaveLength(1);
  });

  it('is a NotFoundError for a model nobody configured', async () => {
    const router = house.open({ modelList: [house.at('eu')] });
    await expect(router.chatCompletion({ ...chat, model: 'gpt-5' })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    );
  });

  it('is a PermissionDeniedError where no deployment lies in the region', async () => {
    const us = { ...house.at('us').litellm_params, region_name: 'us' };
    const router = house.open({ modelList: [house.at('us', { litellm_params: us })] });
    await expect(router.chatCompletion(chat, { allowedRegions: ['eu'] })).rejects.toMatchObject({
      status: 403,
      type: 'region_restricted',
    });
    await expect(router.chatCompletion(chat, { allowedRegions: [] })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    );
    expect(house.upstream.requests('us')).toHaveLength(0);
  });

  it('is a BadRequestError for a call that is none', async () => {
    const router = house.open({ modelList: [house.at('eu')] });
    await expect(router.chatCompletion({ model: 'gpt-4o', messages: [] })).rejects.toMatchObject({
      status: 400,
      param: 'messages',
    });
  });
});

describe('a call that is bound', () => {
  it('is served in its region, and its wishes stay here', async () => {
    const params = (site: string) => ({ ...house.at(site).litellm_params, region_name: site });
    const router = house.open({
      modelList: [
        house.at('us', { litellm_params: params('us') }),
        house.at('eu', { litellm_params: params('eu') }),
      ],
    });
    for (let call = 0; call < 5; call += 1) await router.chatCompletion(chat, { allowedRegions: ['eu'] });
    expect(house.upstream.requests('eu')).toHaveLength(5);
    expect(house.upstream.requests('eu')[0]?.body).toEqual({ model: 'gpt-4o', messages });
  });

  it('is served by deployments with its tags', async () => {
    const free = { ...house.at('free').litellm_params, tags: ['free'] };
    const router = house.open({
      modelList: [house.at('paid'), house.at('free', { litellm_params: free })],
      enableTagFiltering: true,
    });
    await router.chatCompletion(chat, { tags: ['free'] });
    expect(house.upstream.requests('free')).toHaveLength(1);
  });
});

it('understands what the gateway understands in headers and bodies, and forwards none of it', async () => {
  house.upstream.always('eu', { status: 500 });
  const router = house.open({ modelList: [house.at('eu'), house.at('us', { model_name: 'spare' })] });
  const body = { ...chat, user: 'ishaan', fallbacks: ['spare'] };
  const completion = await router.chatCompletion(body, { headers: { 'x-litellm-num-retries': '0' } });
  expect(completion.choices[0]?.message.content).toContain('Hello from us');
  expect(house.upstream.requests('eu').map((request) => request.body)).toEqual([
    { model: 'gpt-4o', messages, user: 'ishaan' },
  ]);
  await expect.poll(() => house.usage.map(({ endUserId }) => endUserId)).toEqual(['ishaan', 'ishaan']);
});

it('prefers the deployment that answered this process fastest', async () => {
  house.upstream.always('slow', { latencyMs: 150 });
  const router = house.open({
    modelList: [house.at('slow'), house.at('fast')],
    routingStrategy: 'latency-based-routing',
  });
  await expect
    .poll(async () => {
      await router.chatCompletion(chat);
      return new Set(house.usage.map(({ deploymentId }) => deploymentId)).size;
    })
    .toBe(2);
  const before = house.upstream.requests('slow').length;
  for (let call = 0; call < 5; call += 1) await router.chatCompletion(chat);
  expect(house.upstream.requests('slow')).toHaveLength(before);
});

describe('a caller that gives up', () => {
  it('by its signal', async () => {
    house.upstream.always('eu', { latencyMs: 60_000 });
    const router = house.open({ modelList: [house.at('eu')] });
    const controller = new AbortController();
    const call = router.chatCompletion(chat, { signal: controller.signal });
    await Promise.all([
      expect(call).rejects.toBeInstanceOf(OpenAI.APIUserAbortError),
      house.upstream
        .until('eu', (requests) => requests.length > 0)
        .then(() => {
          controller.abort();
        }),
    ]);
    await expect.poll(() => house.usage).toMatchObject([{ outcome: 'client_disconnected' }]);
  });

  it('by its timeout', async () => {
    house.upstream.always('eu', { latencyMs: 60_000 });
    const router = house.open({ modelList: [house.at('eu')] });
    await expect(router.chatCompletion(chat, { timeout: 50 })).rejects.toBeInstanceOf(
      OpenAI.APIConnectionTimeoutError,
    );
  });
});

describe('a router that is closed', () => {
  it('gives up what is under way, leaves no connection and takes nothing more', async () => {
    house.upstream.always('eu', { latencyMs: 60_000 });
    const router = house.open({ modelList: [house.at('eu')] });
    const call = router.chatCompletion(chat);
    const given = expect(call).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    await house.upstream.until('eu', (requests) => requests.length > 0);
    await router.close();
    await given;
    await expect(router.chatCompletion(chat)).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    await expect.poll(() => house.upstream.openConnections()).toBe(0);
    expect(house.usage).toMatchObject([{ outcome: 'client_disconnected' }]);
  });
});

it('serves what else the official client can do', async () => {
  const { openai } = house.open({ modelList: [house.at('eu')] });
  const completion = await openai.completions.create({ model: 'gpt-4o', prompt: 'Hey' });
  expect(completion.choices[0]?.text).toContain('eu');
  const runner = openai.chat.completions.stream(chat);
  await expect(runner.finalContent()).resolves.toContain('Hello from eu');
  await expect(openai.models.list()).rejects.toBeInstanceOf(OpenAI.NotFoundError);
});

it('goes on when the listener of its usage fails', async () => {
  const warnings: string[] = [];
  const router = house.open({
    modelList: [house.at('eu')],
    onUsage: () => Promise.reject(new Error('no disk')),
    logger: { info: () => undefined, warn: (_details, message) => warnings.push(message) },
  });
  await router.chatCompletion(chat);
  await expect.poll(() => warnings).toContain('onUsage failed');
});
