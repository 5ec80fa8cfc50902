import { connect } from 'node:net';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';
import { expectError } from './expect-error.js';

// Real: all four services, NATS, Redis, Postgres. Fake: the provider. Nothing here may reach it.

let upstream: FakeUpstream;
let system: Signalbox;
let call: ApiCaller;

const MEGABYTE = 2 ** 20;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  system = await startSignalbox({
    config: `
model_list:
  - model_name: gpt-4o
    litellm_params: { model: openai/gpt-4o, api_base: ${upstream.siteUrl('eu')}/v1, api_key: sk-up }
  - model_name: embed
    litellm_params: { model: openai/embed, api_base: ${upstream.siteUrl('eu')}/v1, api_key: sk-up }
    model_info: { mode: embedding }
general_settings: { master_key: ${MASTER_KEY}, max_request_size_mb: 1 }
`,
  });
  call = apiCaller(system.url);
});
beforeEach(() => {
  upstream.reset();
});
afterAll(async () => {
  // Whatever was sent before, the system still serves.
  expect((await call('/v1/chat/completions', chat('gpt-4o'))).status).toBe(200);
  await system.stop();
  await upstream.stop();
});

describe('bodies', () => {
  it.each([
    ['nothing', ''],
    ['half an object', '{"model": "gpt-4o", "messages": ['],
    ['a comment', '{"model": "gpt-4o" /* mine */}'],
    ['two values', '{} {}'],
    ['bytes that are no UTF-8', '{"model": "\u0000\u0001'],
  ])('refuses %s with 400', async (_what, body) => {
    const answer = await call('/v1/chat/completions', body);
    expectError(answer, 400, 'invalid_request_error');
    expect(upstream.requests('eu')).toEqual([]);
  });

  it.each([
    ['a list', []],
    ['a text', '"gpt-4o"'],
    ['null', 'null'],
    ['no model', { messages: [] }],
    ['a model that is a number', { model: 7, messages: [] }],
    ['messages that are a text', { model: 'gpt-4o', messages: 'Hey' }],
    ['messages that are missing', { model: 'gpt-4o' }],
    ['user that is an object', chat('gpt-4o', { user: { id: 1 } })],
  ])('refuses %s with 400', async (_what, body) => {
    expectError(await call('/v1/chat/completions', body), 400, 'invalid_request_error');
    expect(upstream.requests('eu')).toEqual([]);
  });

  it.each([
    { stream: 'yes' },
    { max_tokens: 'many' },
    { max_tokens: -5 },
    { n: -1 },
    { n: 1e308 },
    { tools: 'x' },
  ])('leaves %j to the provider, and bears it', async (wrong) => {
    upstream.always('eu', { status: 400 });
    expectError(await call('/v1/chat/completions', chat('gpt-4o', wrong)), 400, 'invalid_request_error');
    expect(upstream.requests('eu').at(-1)?.body).toMatchObject(wrong);
  });

  it('refuses a body beyond the limit with 413, told or not told its length', async () => {
    const huge = chat('gpt-4o', { padding: 'x'.repeat(2 * MEGABYTE) });
    expectError(await call('/v1/chat/completions', huge), 413, 'invalid_request_error');
    const answer = await fetch(`${system.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
      body: new Blob([JSON.stringify(huge)]).stream(),
      duplex: 'half',
    }).then(
      (response) => response.status,
      // The gateway may close the connection before all was sent.
      () => 413,
    );
    expect(answer).toBe(413);
  });

  it('refuses what is not JSON by its type with 415', async () => {
    const answer = await call('/v1/chat/completions', 'model=gpt-4o', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expectError(answer, 415, 'invalid_request_error');
  });

  it('does not let a body give itself a prototype', async () => {
    const body =
      '{"model":"gpt-4o","messages":[{"role":"user","content":"Hey"}],"__proto__":{"polluted":true}}';
    const answer = await call('/v1/chat/completions', body);
    expect([200, 400]).toContain(answer.status);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('bears JSON as deep as its size allows', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const answer = await call('/v1/chat/completions', `{"model":"gpt-4o","messages":[],"deep":${deep}}`);
    expect(answer.status).toBeLessThan(500);
  });
});

describe('keys', () => {
  it.each([
    ['no key', ''],
    ['an unknown key', 'sk-unknown'],
    ['a key of ten thousand characters', `sk-${'x'.repeat(10_000)}`],
    ['a quote', "sk-'OR'1'='1"],
  ])('refuses %s with 401', async (_what, key) => {
    const answer = await call('/v1/chat/completions', chat('gpt-4o'), { key });
    expectError(answer, 401, key === '' ? 'auth_error' : 'token_not_found_in_db', /Authentication Error/);
    expect(JSON.stringify(answer.body)).not.toContain('OR');
  });

  it.each([
    ['POST', '/key/generate', {}],
    ['POST', '/team/new', {}],
    ['POST', '/end_user/new', { user_id: 'x' }],
    ['GET', '/usage', undefined],
    ['GET', '/team/list', undefined],
  ])('keeps %s %s for the master key', async (_method, path, body) => {
    expectError(await call(path, body, { key: '' }), 401, 'auth_error');
    const made = await call('/key/generate', {});
    expect(made.status).toBe(200);
    expectError(await call(path, body, { key: (made.body as { key: string }).key }), 403, 'auth_error');
  });

  it('refuses a key that has expired', async () => {
    const { body } = await call('/key/generate', { duration: '1s' });
    const key = (body as { key: string }).key;
    await expect
      .poll(async () => (await call('/v1/models', undefined, { key })).status, {
        timeout: 10_000,
        interval: 100,
      })
      .toBe(401);
    expectError(await call('/v1/models', undefined, { key }), 401, 'expired_key');
  });
});

describe('addresses', () => {
  it('answers 404 to a path it does not have, and 405 to another method', async () => {
    expectError(await call('/v2/nothing', {}), 404, 'not_found_error');
    expectError(
      await call('/v1/chat/completions', undefined, { method: 'DELETE' }),
      405,
      'invalid_request_error',
    );
  });

  it('answers 404 to a model nobody configured, on every kind of call', async () => {
    expectError(
      await call('/v1/chat/completions', chat('gpt-17')),
      404,
      'model_not_found',
      /Invalid model name/,
    );
    expectError(await call('/v1/embeddings', { model: 'gpt-17', input: 'x' }), 404, 'model_not_found');
    expectError(await call('/v1/completions', { model: '__proto__', prompt: 'x' }), 404, 'model_not_found');
  });

  it('refuses a chat with a model that only embeds', async () => {
    expectError(await call('/v1/chat/completions', chat('embed')), 400, 'invalid_request_error');
  });
});

describe('management calls', () => {
  it.each([
    ['/end_user/new', {}],
    ['/end_user/new', { user_id: 7 }],
    ['/end_user/new', { user_id: 'x', allowed_model_region: 'atlantis' }],
    ['/team/new', { model_aliases: ['a'] }],
    ['/key/generate', { duration: 'soon' }],
    ['/key/generate', { models: 'gpt-4o' }],
  ])('refuses %s %j in the envelope', async (path, body) => {
    const answer = await call(path, body);
    expect([400, 422]).toContain(answer.status);
    expect(answer.body).toMatchObject({ error: { message: expect.stringMatching(/\S/) as string } });
  });

  it('knows what exists', async () => {
    expect((await call('/end_user/new', { user_id: 'twice' })).status).toBe(200);
    expectError(await call('/end_user/new', { user_id: 'twice' }), 400, 'bad_request', /already exists/i);
    expectError(await call('/end_user/info?end_user_id=nobody'), 404, 'not_found');
    expectError(await call('/team/info?team_id=nothing'), 404, 'not_found');
    expectError(await call('/key/generate', { team_id: 'nothing' }), 404, 'not_found');
    expectError(await call('/end_user/delete', { user_ids: ['twice', 'nobody'] }), 404, 'not_found');
    expect((await call('/end_user/info?end_user_id=twice')).status).toBe(200);
  });
});

describe('connections', () => {
  it.each([
    ['noise', '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n'],
    ['a head without an end', `GET /health HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`],
    [
      'a length that is no number',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ten\r\n\r\n',
    ],
    [
      'two ways to tell a length',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('closes one that sends %s, with a 4xx if anything', async (_what, bytes) => {
    const answer = await rawExchange(system.url, bytes);
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(answer).not.toMatch(/\n\s+at /);
  });
});

/** What the other side says until it closes. */
function rawExchange(url: string, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes, 'latin1'));
    let answer = '';
    socket.on('data', (part) => (answer += part.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}
