import type { FakeUpstream, RecordedForm, RecordedRequest } from '@signalbox/testing';
import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MASTER_KEY, type ApiCaller } from './api-caller.js';
import { startMediaSystem, type MediaSystem } from './media-system.js';
import { formOf, modelOperations, type ModelOperation } from './model-operations.js';

// Real: the whole system and OpenAI's own client. Fake: the providers.

let system: MediaSystem;
let upstream: FakeUpstream;
let api: ApiCaller;
let client: OpenAI;

const patience = { timeout: 15_000 };
/** An end user who may be served in the EU only. */
const anna = { user: 'anna' };

beforeAll(async () => {
  system = await startMediaSystem();
  ({ upstream, api, client } = system);
});
beforeEach(() => {
  upstream.reset();
});
afterAll(() => system.stop());

interface Answer {
  readonly headers: Headers;
  readonly bytes: Buffer;
}

async function ask(operation: ModelOperation, more: object, group = 'my'): Promise<Answer> {
  const model = `${group}-${operation.upstreamModel}`;
  const response = await operation.ask(client, model, more).asResponse();
  return { headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

function operationOf(mode: ModelOperation['mode']): ModelOperation {
  const found = modelOperations.find((operation) => operation.mode === mode);
  if (found === undefined) throw new Error(`nobody has written an operation for ${mode}`);
  return found;
}

/** What a provider was asked: the fields of a form, or the members of a JSON body. */
function fieldsOf(request: RecordedRequest | undefined): Record<string, unknown> {
  const body = request?.body as Record<string, unknown> | RecordedForm;
  return 'files' in body ? (body as RecordedForm).fields : body;
}

describe.each(modelOperations.map((operation) => [operation.mode, operation] as const))(
  '%s',
  (_, operation) => {
    const { mode, callType, route, upstreamModel, streams, tokens, file } = operation;
    const ways = streams ? [{}, { stream: true }] : [{}];

    it.each(ways)('is served where the end user may be, and counted %o', async (way) => {
      const { headers } = await ask(operation, { ...anna, ...way });
      expect([headers.get('x-litellm-model-id'), headers.get('x-litellm-model-region')]).toEqual([
        `my-${upstreamModel}@one`,
        'eu',
      ]);
      expect(upstream.requests('us')).toEqual([]);
      const [request] = upstream.requests('one');
      expect(request?.path).toBe(`/one/v1${route}`);
      expect(fieldsOf(request)).toMatchObject({ model: upstreamModel, ...anna });
      if (file !== undefined) expect(Object.values((request?.body as RecordedForm).files)).toEqual([file]);

      const logs = `/spend/logs?request_id=${headers.get('x-litellm-call-id') ?? ''}`;
      await expect
        .poll(async () => (await api(logs)).body, patience)
        .toMatchObject([
          {
            ...{ call_type: callType, end_user: 'anna', status: 'success', ...tokens },
            metadata: { region: 'eu', token_source: tokens === undefined ? 'estimated' : 'provider' },
          },
        ]);
      const decision = `/decisions/${headers.get('x-signalbox-decision-id') ?? ''}`;
      await expect
        .poll(async () => (await api(decision)).body, patience)
        .toMatchObject({
          record: { mode, outcome: 'succeeded', hops: [{ region: { zone: 'eu' }, outcome: 'succeeded' }] },
        });
    });

    it('goes where the configuration prefers without an end user', async () => {
      const { headers } = await ask(operation, {});
      expect(headers.get('x-litellm-model-id')).toBe(`my-${upstreamModel}@us`);
    });

    it.each(ways)('is refused where there is no deployment in the region %o', async (way) => {
      await expect(ask(operation, { ...anna, ...way }, 'us')).rejects.toMatchObject({
        status: 403,
        type: 'region_restricted',
      });
      expect(upstream.requests('us')).toEqual([]);
    });

    it('is sent again, whole, to the next deployment in the region', async () => {
      upstream.next('one', { status: 500 });
      const { headers } = await ask(operation, anna);
      expect([headers.get('x-litellm-model-id'), headers.get('x-litellm-attempted-retries')]).toEqual([
        `my-${upstreamModel}@two`,
        '1',
      ]);
      const [first] = upstream.requests('one');
      const [second] = upstream.requests('two');
      expect(second?.body).toEqual(first?.body);
      expect(upstream.requests('us')).toEqual([]);
    });

    it('tells the provider nothing that is meant for the gateway', async () => {
      await ask(operation, { user: 'ordinary' });
      const told = Object.keys(fieldsOf(upstream.requests('us').at(-1))).sort();
      await ask(operation, {
        user: 'ordinary',
        ...{
          api_base: upstream.siteUrl('two'),
          api_key: 'sk-own',
          custom_llm_provider: 'azure',
          region_name: 'eu',
        },
        ...{ num_retries: 0, mock_response: 'Hi', litellm_trace_id: 'x', store: false },
        ...{ metadata: { user_id: 'someone' }, litellm_metadata: { a: 'b' }, tags: ['a', 'b'] },
      });
      const { headers, ...request } = upstream.requests('us').at(-1) ?? {};
      expect(Object.keys(fieldsOf(request as RecordedRequest)).sort()).toEqual([...told, 'store'].sort());
      expect(headers?.authorization).toBe('Bearer sk-up');
      expect(upstream.requests('two')).toEqual([]);
    });
  },
);

describe('answers', () => {
  it('to an alias are under the alias, whole and streamed', async () => {
    const asked = { model: 'alias-of-text', input: 'Hey' };
    expect((await client.responses.create(asked)).model).toBe('alias-of-text');
    const names: string[] = [];
    for await (const event of await client.responses.create({ ...asked, stream: true })) {
      if ('response' in event) names.push(event.response.model);
    }
    expect(names).toEqual(['alias-of-text', 'alias-of-text', 'alias-of-text']);
    const judged = await client.moderations.create({ model: 'alias-of-judge', input: 'Violence' });
    expect([judged.model, judged.results[0]?.flagged]).toEqual(['alias-of-judge', true]);
  });

  it('of sounds and images arrive byte for byte', async () => {
    upstream.always('us', { bytes: 3_000_000 });
    const body = JSON.stringify({ model: 'm', input: 'Hey there', voice: 'alloy' });
    const straight = await fetch(`${upstream.siteUrl('us')}/v1/audio/speech`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
    });
    const { headers, bytes } = await ask(operationOf('audio_speech'), {});
    expect(headers.get('content-type')).toBe('audio/mpeg');
    expect(bytes.equals(Buffer.from(await straight.arrayBuffer()))).toBe(true);
    const drawn = await client.images.generate({ model: 'my-gpt-image-1', prompt: 'A cat', n: 2 });
    expect(drawn.data?.map((image) => Buffer.from(image.b64_json ?? '', 'base64').length)).toEqual([
      3_000_000, 3_000_000,
    ]);
  });

  it('of speech as events say what it used', async () => {
    const { headers } = await ask(operationOf('audio_speech'), { stream_format: 'sse' });
    expect(headers.get('content-type')).toContain('text/event-stream');
    const logs = `/spend/logs?request_id=${headers.get('x-litellm-call-id') ?? ''}`;
    await expect
      .poll(async () => (await api(logs)).body, patience)
      .toMatchObject([{ total_tokens: 4, metadata: { token_source: 'provider' } }]);
  });

  it('as subtitles stay text', async () => {
    const { headers, bytes } = await ask(operationOf('audio_transcription'), { response_format: 'srt' });
    expect(headers.get('content-type')).toContain('text/plain');
    expect(bytes.toString()).toBe('1\n00:00:00,000 --> 00:00:10,000\nHeard by us: "hello.wav"\n\n');
  });

  it.each([
    ['audio_speech', {}],
    ['responses', { stream: true }],
    ['image_generation', { stream: true }],
    ['audio_transcription', { stream: true }],
  ] as const)('of %s that break in the middle are an error to the client', async (mode, way) => {
    upstream.next('us', { truncateStreamAfter: 1 });
    const { ask: start, upstreamModel } = operationOf(mode);
    const { data, response } = await start(client, `my-${upstreamModel}`, way).withResponse();
    const read = async (): Promise<void> => {
      if (data instanceof Response) await data.arrayBuffer();
      else for await (const event of data as AsyncIterable<unknown>) expect(event).toBeDefined();
    };
    await expect(read()).rejects.toThrow();
    const logs = `/spend/logs?request_id=${response.headers.get('x-litellm-call-id') ?? ''}`;
    await expect
      .poll(async () => (await api(logs)).body, patience)
      .toMatchObject([{ status: 'failure', metadata: { outcome: 'upstream_broken' } }]);
  });
});

describe('a form', () => {
  const file = new Blob(['RIFF'], { type: 'audio/wav' });
  const transcribe = (fields: object): Promise<Response> => {
    const form = formOf({ model: 'my-gpt-4o-transcribe', ...fields });
    form.set('file', file, 'a.wav');
    return system.post('/v1/audio/transcriptions', form);
  };

  it.each([
    [{ user: 'anna' }],
    [{ 'metadata[user_id]': 'anna' }],
    [{ metadata: '{"user_id":"anna"}' }],
    [{ 'litellm_metadata[user]': 'anna' }],
    [{ safety_identifier: 'anna' }],
  ])('binds the end user it names by %o', async (fields) => {
    const answer = await transcribe(fields);
    expect([answer.status, answer.headers.get('x-litellm-model-region')]).toEqual([200, 'eu']);
    expect(upstream.requests('us')).toEqual([]);
  });

  it('goes whole to a fallback, past one outside the region', async () => {
    upstream.always('weak', { status: 500 });
    const answer = await transcribe({ model: 'weak-ears', ...anna });
    expect(answer.headers.get('x-litellm-model-id')).toBe('my-gpt-4o-transcribe@one');
    const [sent] = upstream.requests('one');
    expect(sent?.body).toMatchObject({ fields: { model: 'gpt-4o-transcribe' } });
    const { files } = upstream.requests('weak')[0]?.body as RecordedForm;
    expect([sent?.body, upstream.requests('us')]).toMatchObject([{ files }, []]);
  });

  it('that names two end users, or a model twice, or is none, is refused', async () => {
    const twice = formOf({ model: 'my-gpt-4o-transcribe' });
    twice.set('file', file, 'a.wav');
    twice.append('model', 'us-gpt-4o-transcribe');
    const broken = { 'content-type': 'multipart/form-data; boundary=x' };
    const refused = [
      await system.post('/v1/audio/transcriptions', twice),
      await transcribe({ user: 'ordinary', 'user[]': 'anna' }),
      await transcribe({ metadata: '{"user_id":' }),
      await system.post('/v1/audio/transcriptions', '--x\r\nno form', broken),
      await system.post('/v1/audio/transcriptions', '', { 'content-type': 'multipart/form-data' }),
      await system.post('/v1/audio/transcriptions', formOf({ model: 'my-gpt-4o-transcribe' })),
      await system.post('/v1/images/edits', formOf({ model: 'my-gpt-image-1' })),
    ];
    for (const answer of refused) {
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: '400' } }]);
    }
    for (const site of ['us', 'one', 'two']) expect(upstream.requests(site)).toEqual([]);
  });

  it('is taken where forms are due, and JSON where JSON is', async () => {
    const json = { 'content-type': 'application/json' };
    for (const { route, file: sent } of modelOperations) {
      const answer =
        sent === undefined
          ? await system.post(`/v1${route}`, formOf({ model: 'm', input: 'x', prompt: 'x' }))
          : await system.post(`/v1${route}`, JSON.stringify({ model: 'm', prompt: 'x', file: 'x' }), json);
      const due = sent === undefined ? 'application/json' : 'multipart/form-data';
      expect([route, answer.status, await answer.json()]).toMatchObject([
        route,
        415,
        { error: { type: 'invalid_request_error', message: expect.stringContaining(due) as string } },
      ]);
    }
  });
});

it('Azure is spoken on both sides', async () => {
  const options = {
    endpoint: system.url,
    apiKey: MASTER_KEY,
    apiVersion: '2025-04-01-preview',
    maxRetries: 0,
  };
  const azure = new AzureOpenAI({ ...options, deployment: 'of-azure' });
  await azure.audio.speech.create({ model: 'of-azure', voice: 'alloy', input: 'Hey', ...anna });
  await azure.audio.transcriptions.create({ model: 'of-azure', file: new File(['x'], 'x.wav'), ...anna });
  await azure.images.generate({ model: 'of-azure', prompt: 'Hey', ...anna });
  await client.responses.create({ model: 'of-azure', input: 'Hey', ...anna });
  const asked = upstream.requests('sweden').map(({ path }) => path.replace(/\?.*$/, ''));
  const deployment = '/sweden/openai/deployments/on-azure';
  expect(asked).toEqual([
    `${deployment}/audio/speech`,
    `${deployment}/audio/transcriptions`,
    `${deployment}/images/generations`,
    '/sweden/openai/v1/responses',
  ]);
  expect(upstream.requests('sweden').at(-1)?.body).toMatchObject({ model: 'on-azure' });
});
