import type { CallMode, Upstream } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { buildUpstreamRequest, type UpstreamRequest } from './build-upstream-request.js';

const azure: Upstream = {
  provider: 'azure',
  model: 'gpt-35-turbo-eu',
  apiBase: 'https://contoso.openai.azure.com',
  apiKey: 'azure-key',
  regionSettings: {},
  extraBody: {},
};
const openai: Upstream = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  apiBase: 'https://api.openai.com/v1',
  apiKey: 'sk-openai',
  regionSettings: {},
  extraBody: {},
};
const hello = { model: 'gpt-3.5-turbo', messages: [{ role: 'user', content: 'Hey' }] };

function built(
  upstream: Upstream,
  body: Record<string, unknown> = hello,
  more: { mode?: CallMode; wildcardTail?: string } = {},
): UpstreamRequest & { json: Record<string, unknown> } {
  const { mode = 'chat', ...rest } = more;
  const request = buildUpstreamRequest({
    upstream,
    mode,
    body,
    bytes: Buffer.from(JSON.stringify(body)),
    ...rest,
  });
  const json = JSON.parse(request.body.toString()) as Record<string, unknown>;
  const again = buildUpstreamRequest({ upstream, mode, body, ...rest });
  expect(JSON.parse(again.body.toString())).toEqual(json);
  return { ...request, json };
}

describe('the address', () => {
  it.each<[string, Partial<Upstream>, string]>([
    [
      'the resource',
      {},
      'https://contoso.openai.azure.com/openai/deployments/gpt-35-turbo-eu/chat/completions?api-version=2024-10-21',
    ],
    [
      'a configured version',
      { apiVersion: '2023-05-15' },
      'https://contoso.openai.azure.com/openai/deployments/gpt-35-turbo-eu/chat/completions?api-version=2023-05-15',
    ],
    [
      'a trailing slash',
      { apiBase: 'https://contoso.openai.azure.com/' },
      'https://contoso.openai.azure.com/openai/deployments/gpt-35-turbo-eu/chat/completions?api-version=2024-10-21',
    ],
    [
      '.../openai',
      { apiBase: 'https://contoso.openai.azure.com/openai' },
      'https://contoso.openai.azure.com/openai/deployments/gpt-35-turbo-eu/chat/completions?api-version=2024-10-21',
    ],
    [
      'one deployment',
      { apiBase: 'https://contoso.openai.azure.com/openai/deployments/other' },
      'https://contoso.openai.azure.com/openai/deployments/other/chat/completions?api-version=2024-10-21',
    ],
    [
      'a pasted address',
      {
        apiBase:
          'https://contoso.openai.azure.com/openai/deployments/other/chat/completions?api-version=2023-07-01-preview',
      },
      'https://contoso.openai.azure.com/openai/deployments/other/chat/completions?api-version=2023-07-01-preview',
    ],
    [
      'the v1 address',
      { apiBase: 'https://contoso.openai.azure.com/openai/v1/' },
      'https://contoso.openai.azure.com/openai/v1/chat/completions',
    ],
    [
      'the v1 address and a version',
      { apiBase: 'https://contoso.openai.azure.com/openai/v1', apiVersion: 'preview' },
      'https://contoso.openai.azure.com/openai/v1/chat/completions?api-version=preview',
    ],
    [
      'a path before it',
      { apiBase: 'http://127.0.0.1:9000/eu' },
      'http://127.0.0.1:9000/eu/openai/deployments/gpt-35-turbo-eu/chat/completions?api-version=2024-10-21',
    ],
    [
      'an odd name',
      { model: 'a/b c?' },
      'https://contoso.openai.azure.com/openai/deployments/a%2Fb%20c%3F/chat/completions?api-version=2024-10-21',
    ],
  ])('of Azure with %s', (_, change, url) => {
    expect(built({ ...azure, ...change }).url).toBe(url);
  });

  it.each<[string, CallMode, string]>([
    ['https://api.openai.com/v1', 'chat', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.openai.com/v1/', 'completion', 'https://api.openai.com/v1/completions'],
    ['https://api.openai.com/v1', 'embedding', 'https://api.openai.com/v1/embeddings'],
    ['https://api.openai.com/v1', 'responses', 'https://api.openai.com/v1/responses'],
    ['https://api.openai.com/v1', 'moderation', 'https://api.openai.com/v1/moderations'],
    ['https://api.openai.com/v1', 'image_generation', 'https://api.openai.com/v1/images/generations'],
    ['https://api.openai.com/v1', 'audio_speech', 'https://api.openai.com/v1/audio/speech'],
    ['https://api.perplexity.ai', 'chat', 'https://api.perplexity.ai/chat/completions'],
    ['http://127.0.0.1:9000/us/v1/chat/completions', 'chat', 'http://127.0.0.1:9000/us/v1/chat/completions'],
    ['http://127.0.0.1:9000/v1?tenant=7', 'chat', 'http://127.0.0.1:9000/v1/chat/completions?tenant=7'],
  ])('of an OpenAI-compatible base %s', (apiBase, mode, url) => {
    expect(built({ ...openai, apiBase }, { model: 'm', input: 'x' }, { mode }).url).toBe(url);
  });
});

describe("the address of Azure's responses, which name the model in their body", () => {
  const resource = 'https://contoso.openai.azure.com/openai';
  it.each<[string, Partial<Upstream>, string]>([
    ['no version', {}, '/v1/responses'],
    ['a version before them', { apiVersion: '2024-10-21' }, '/v1/responses'],
    [
      'a version with them',
      { apiVersion: '2025-04-01-preview' },
      '/responses?api-version=2025-04-01-preview',
    ],
    ['an undated version', { apiVersion: 'preview' }, '/v1/responses?api-version=preview'],
    ['one deployment', { apiBase: `${resource}/deployments/other` }, '/v1/responses'],
    ['the v1 address', { apiBase: `${resource}/v1/` }, '/v1/responses'],
  ])('with %s', (_, change, path) => {
    const request = built({ ...azure, ...change }, { model: 'm', input: 'x' }, { mode: 'responses' });
    expect(request.url).toBe(resource + path);
    expect(request.json['model']).toBe('gpt-35-turbo-eu');
  });
});

describe('the headers', () => {
  it("carry Azure's key as api-key and everybody else's as a bearer token", () => {
    expect(built(azure).headers).toMatchObject({
      'api-key': 'azure-key',
      'content-type': 'application/json',
    });
    expect(built(azure).headers).not.toHaveProperty('authorization');
    expect(built(openai).headers).toMatchObject({ authorization: 'Bearer sk-openai' });
  });

  it('carry the organization, and no key when there is none', () => {
    const keyless: Upstream = {
      provider: 'openai',
      model: 'gpt-4o-mini',
      apiBase: 'http://127.0.0.1:9000/v1',
      organization: 'org-7',
      regionSettings: {},
      extraBody: {},
    };
    expect(built(keyless).headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'openai-organization': 'org-7',
    });
  });
});

describe('the body', () => {
  it("names the provider's model, with the tail of a wildcard", () => {
    expect(built(azure).json['model']).toBe('gpt-35-turbo-eu');
    expect(built({ ...openai, model: '*' }, hello, { wildcardTail: 'gpt-4o' }).json['model']).toBe('gpt-4o');
    expect(built({ ...openai, model: 'ft:*' }, hello, { wildcardTail: '$&' }).json['model']).toBe('ft:$&');
  });

  it('is not copied when it already says the right thing', () => {
    const bytes = Buffer.from('{"model":"gpt-4o-mini","messages":[]}');
    const body = JSON.parse(bytes.toString()) as Record<string, unknown>;
    expect(buildUpstreamRequest({ upstream: openai, mode: 'chat', body, bytes }).body).toBe(bytes);
  });

  it('gets the parameters of the deployment where the client set none', () => {
    const upstream = { ...openai, extraBody: { temperature: 0, top_k: 5 } };
    expect(built(upstream, { ...hello, temperature: 1 }).json).toMatchObject({ temperature: 1, top_k: 5 });
  });

  it('goes where the deployment says, whatever the client says', () => {
    const here = { inference_geo: 'us', provider: { only: ['here'] } };
    const elsewhere = { inference_geo: 'global', provider: { only: ['elsewhere'] } };
    const upstream = { ...openai, extraBody: here };
    expect(built(upstream, { ...hello, ...elsewhere }).json).toMatchObject(here);
    expect(built(openai, { ...hello, ...elsewhere }).json).not.toHaveProperty('inference_geo');
  });

  it('loses what speaks to the gateway, and what would point the call elsewhere', () => {
    const ours = {
      tags: ['a'],
      num_retries: 1,
      fallbacks: ['b'],
      allowed_model_region: 'eu',
      mock_response: 'x',
      mock_anything: 1,
      timeout: 5,
      litellm_metadata: {},
      disable_fallbacks: true,
      api_key: 'sk-mine',
      api_base: 'http://evil.example',
      base_url: 'http://evil.example',
      api_type: 'azure',
      extra_body: { inference_geo: 'global' },
      extra_headers: { 'x-region': 'us' },
      inference_geo: 'global',
      aws_region_name: 'us-east-1',
      aws_bedrock_runtime_endpoint: 'http://evil.example',
      vertex_location: 'us-central1',
      watsonx_region_name: 'us-south',
      user_config: { model_list: [] },
      metadata: { tags: ['a'] },
    };
    expect(built(openai, { ...hello, ...ours, user: 'u-1', seed: 7 }).json).toEqual({
      ...hello,
      model: 'gpt-4o-mini',
      user: 'u-1',
      seed: 7,
    });
  });

  it('keeps the metadata of a response, which OpenAI stores unless told otherwise', () => {
    const metadata = { a: '1' };
    const asked = (body: object) =>
      built(openai, { model: 'm', input: 'x', metadata, ...body }, { mode: 'responses' });
    expect(asked({}).json).toMatchObject({ metadata });
    expect(asked({ store: false }).json).not.toHaveProperty('metadata');
  });

  it('asks for the usage of streams that tell it only then', () => {
    const asked = (mode: CallMode, body: object) =>
      built(openai, { model: 'm', stream: true, ...body }, { mode }).json;
    expect(asked('chat', { messages: hello.messages })).toHaveProperty('stream_options', {
      include_usage: true,
    });
    expect(asked('responses', { input: 'x' })).not.toHaveProperty('stream_options');
    expect(asked('image_generation', { prompt: 'x' })).not.toHaveProperty('stream_options');
  });

  it('keeps the metadata of a call that OpenAI is to store', () => {
    expect(built(openai, { ...hello, store: true, metadata: { a: '1' } }).json).toMatchObject({
      metadata: { a: '1' },
    });
  });
});

describe('the usage of a stream', () => {
  const stream = { ...hello, stream: true };

  it('is asked for and hidden when the client did not ask', () => {
    const { json, hideUsage, streamed, headers } = built(openai, stream);
    expect({ options: json['stream_options'], hideUsage, streamed, accept: headers['accept'] }).toEqual({
      options: { include_usage: true },
      hideUsage: true,
      streamed: true,
      accept: 'text/event-stream',
    });
  });

  it('is asked for beside the options of the client', () => {
    const { json, hideUsage } = built(openai, {
      ...stream,
      stream_options: { include_usage: false, chunk: 2 },
    });
    expect([json['stream_options'], hideUsage]).toEqual([{ include_usage: true, chunk: 2 }, true]);
  });

  it('is not hidden from a client that asked', () => {
    const { json, hideUsage } = built(openai, { ...stream, stream_options: { include_usage: true } });
    expect([json['stream_options'], hideUsage]).toEqual([{ include_usage: true }, false]);
  });

  it("is not asked of Azure's old versions, which refuse the option", () => {
    expect(built({ ...azure, apiVersion: '2023-05-15' }, stream)).toMatchObject({
      hideUsage: false,
      streamed: true,
    });
    expect(built({ ...azure, apiVersion: '2023-05-15' }, stream).json).not.toHaveProperty('stream_options');
    expect(built({ ...azure, apiVersion: '2024-09-01-preview' }, stream).hideUsage).toBe(true);
    expect(built({ ...azure, apiVersion: 'preview' }, stream).hideUsage).toBe(true);
  });

  it('cannot be asked for in options nested deeper than the stack', () => {
    let deep: unknown = {};
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
    const body = { ...stream, stream_options: { deep } };
    const request = { upstream: openai, mode: 'chat', body, bytes: Buffer.from('{}') } as const;
    expect(() => buildUpstreamRequest(request)).toThrow('nested too deeply');
  });

  it('is not asked for when nothing streams', () => {
    expect(built(openai, { ...hello, stream: false }).json).not.toHaveProperty('stream_options');
    expect(built(openai, { model: 'm', input: 'x', stream: true }, { mode: 'embedding' }).streamed).toBe(
      false,
    );
  });
});
