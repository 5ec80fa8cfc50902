import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MASTER_KEY } from './api-caller.js';

// Real: all four services, NATS, Redis, Postgres, and OpenAI's own client. Fake: the provider.

let upstream: FakeUpstream;
let system: Signalbox;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  system = await startSignalbox({
    config: `
model_list:
  - model_name: gpt-4o
    litellm_params: { model: openai/gpt-4o-2024-11-20, api_base: ${upstream.siteUrl('eu')}/v1, api_key: sk-up, region_name: eu }
    model_info: { id: openai-eu }
  - model_name: azure-gpt
    litellm_params: { model: azure/my-deployment, api_base: ${upstream.siteUrl('sweden')}, api_key: az-up, api_version: "2024-10-21" }
    model_info: { id: azure-sweden }
  - model_name: embed
    litellm_params: { model: openai/text-embedding-3-small, api_base: ${upstream.siteUrl('eu')}/v1, api_key: sk-up }
  - model_name: "any/*"
    litellm_params: { model: "openai/*", api_base: ${upstream.siteUrl('us')}/v1, api_key: sk-up }
router_settings: { model_group_alias: { my-alias: gpt-4o } }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  client = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: MASTER_KEY, maxRetries: 0 });
});
beforeEach(() => {
  upstream.reset();
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

const messages = [{ role: 'user' as const, content: 'Hey there' }];

describe('chat completions', () => {
  it('answers with what the provider said, and says who it was', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'gpt-4o', messages })
      .withResponse();
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-4o-2024-11-20',
      choices: [{ message: { content: 'Hello from eu: you said "Hey there"' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2, completion_tokens: 7, total_tokens: 9 },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-litellm-call-id': expect.stringMatching(/\S/) as string,
      'x-litellm-model-id': 'openai-eu',
      'x-litellm-api-base': `${upstream.siteUrl('eu')}/v1`,
      'x-litellm-model-api-base': `${upstream.siteUrl('eu')}/v1`,
      'x-litellm-model-region': 'eu',
      'x-litellm-model-group': 'gpt-4o',
      'x-litellm-attempted-retries': '0',
      'x-litellm-overhead-duration-ms': expect.stringMatching(/^\d/) as string,
    });
    expect(upstream.requests('eu').at(-1)).toMatchObject({
      path: '/eu/v1/chat/completions',
      headers: { authorization: 'Bearer sk-up' },
      body: { model: 'gpt-4o-2024-11-20', messages },
    });
  });

  it('streams, chunk by chunk, with usage when the client asks for it', async () => {
    const stream = await client.chat.completions.create({
      model: 'gpt-4o',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    expect(textOf(chunks)).toBe('Hello from eu: you said "Hey there"');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 9 } });
  });

  it('streams without usage when the client does not ask, though we do', async () => {
    const chunks = await collect(
      await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true }),
    );
    expect(textOf(chunks)).toBe('Hello from eu: you said "Hey there"');
    expect(chunks.filter((chunk) => chunk.usage !== undefined && chunk.usage !== null)).toEqual([]);
    expect(upstream.requests('eu').at(-1)?.body).toMatchObject({ stream_options: { include_usage: true } });
  });

  it('passes the first chunk on before the provider has said the last', async () => {
    upstream.next('eu', { chunks: 40, chunkDelayMs: 50 });
    const stream = await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true });
    for await (const chunk of stream) {
      expect(chunk.object).toBe('chat.completion.chunk');
      break;
    }
    // Leaving the loop aborts: had the answer been collected first, there would be nothing left to abort.
    await upstream.until('eu', (requests) => requests.at(-1)?.aborted === true);
  });

  it('speaks Azure', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'azure-gpt', messages })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain('Hello from sweden');
    expect(response.headers.get('x-litellm-model-region')).toBe('eu');
    expect(upstream.requests('sweden').at(-1)).toMatchObject({
      path: '/sweden/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21',
      headers: { 'api-key': 'az-up' },
    });
  });

  it('puts what the star matched into the upstream model', async () => {
    const answer = await client.chat.completions.create({ model: 'any/gpt-4.1-nano', messages });
    expect(answer.choices[0]?.message.content).toContain('Hello from us');
    expect(upstream.requests('us').at(-1)?.body).toMatchObject({ model: 'gpt-4.1-nano' });
  });

  it('answers to an alias under the alias, streaming and not', async () => {
    expect((await client.chat.completions.create({ model: 'my-alias', messages })).model).toBe('my-alias');
    const chunks = await collect(
      await client.chat.completions.create({ model: 'my-alias', messages, stream: true }),
    );
    expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set(['my-alias']));
  });

  it('forwards fields it does not know, and nested ones', async () => {
    const tools = [
      { type: 'function' as const, function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ];
    await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Grüße, 世界 🙂' }] }],
      tools,
      logit_bias: { '50256': -100 },
      ...{ a_field_of_tomorrow: { deep: [1, null] } },
    });
    expect(upstream.requests('eu').at(-1)?.body).toMatchObject({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Grüße, 世界 🙂' }] }],
      tools,
      logit_bias: { '50256': -100 },
      a_field_of_tomorrow: { deep: [1, null] },
    });
  });
});

describe('other calls', () => {
  it('embeds, as numbers and as the base64 that the client asks for by default', async () => {
    const embedded = await client.embeddings.create({ model: 'embed', input: ['one', 'two'] });
    expect(embedded.data.map((row) => row.embedding.length)).toEqual([8, 8]);
    const floats = await client.embeddings.create({ model: 'embed', input: 'one', encoding_format: 'float' });
    expect(floats.data[0]?.embedding.length).toBe(8);
    expect(embedded.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 });
  });

  it('completes text, streaming and not', async () => {
    const answer = await client.completions.create({ model: 'gpt-4o', prompt: 'Hey' });
    expect(answer).toMatchObject({ choices: [{ text: 'Hello from eu: you said "Hey"' }] });
    const stream = await client.completions.create({ model: 'gpt-4o', prompt: 'Hey', stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? '';
    expect(text).toBe('Hello from eu: you said "Hey"');
  });

  it('lists the models', async () => {
    const models = await client.models.list();
    expect(models.data.map((model) => model.id)).toEqual(
      expect.arrayContaining(['gpt-4o', 'azure-gpt', 'embed']),
    );
  });

  it('has no route for what it does not serve', async () => {
    await expect(client.files.list()).rejects.toMatchObject({ status: 404 });
  });
});

async function collect<Chunk>(stream: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function textOf(chunks: readonly OpenAI.ChatCompletionChunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
}
