/** Real: HTTP down to raw sockets, the whole gateway, NATS. Fake: what router, identity and provider say. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { fault, type RouteDecision } from '@signalbox/contracts';
import { aDeployment, aRegion } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeProvider } from '../spec-support/fake-provider.js';
import { GatewayUnderTest, masterKey } from '../spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }] };

beforeAll(async () => {
  provider = await FakeProvider.start();
  under = await GatewayUnderTest.start({
    deployments: [
      aDeployment({ id: 'eu', region: aRegion('eu'), upstream: { apiBase: provider.apiBase('eu') } }),
      aDeployment({ id: 'us', region: aRegion('us'), upstream: { apiBase: provider.apiBase('us') } }),
      aDeployment({ id: 'nowhere', modelGroup: 'lost', upstream: { apiBase: provider.apiBase('nowhere') } }),
    ],
    general: { maxRequestSizeBytes: 10_000 },
    limits: { requestTimeoutMs: 400 },
  });
  const policy = { blocked: false, defaultModel: null };
  under.services.endUsers.set('from-eu', { endUserId: 'from-eu', allowedRegions: ['eu'], ...policy });
  under.services.endUsers.set('blocked', {
    endUserId: 'blocked',
    allowedRegions: [],
    ...policy,
    blocked: true,
  });
  under.services.endUsers.set('unreadable', fault('identity_unavailable'));
  under.services.endUsers.set('with-default', {
    endUserId: 'with-default',
    allowedRegions: [],
    blocked: false,
    defaultModel: 'gpt-4',
  });
});

afterAll(async () => {
  await under.stop();
  await provider.stop();
});

beforeEach(() => {
  provider.reset();
  under.services.forget();
});

function sent(): number {
  return ['eu', 'us', 'nowhere'].flatMap((site) => provider.calls(site)).length;
}

async function errorOf(response: Response): Promise<unknown> {
  const { error } = (await response.json()) as { error: unknown };
  return error;
}

describe('residency', () => {
  it('serves a restricted end user from the allowed region on every endpoint', async () => {
    for (const [route, body] of [
      ['/v1/chat/completions', chat],
      ['/v1/completions', { model: 'gpt-4', prompt: 'Hey' }],
      ['/v1/embeddings', { model: 'gpt-4', input: 'Hey' }],
    ] as const) {
      const response = await under.post(route, { ...body, user: 'from-eu' });
      expect([response.status, response.headers.get('x-litellm-model-region')]).toEqual([200, 'eu']);
    }
    expect(provider.calls('us')).toHaveLength(0);
  });

  it.each(['us', 'nowhere'])(
    'sends nothing to %s when the router says so for an end user of the eu',
    async (deploymentId) => {
      const honest = under.services.decide;
      under.services.decide = ({ requestId, attemptId }): RouteDecision => ({
        outcome: 'chosen',
        requestId,
        attemptId,
        deploymentId,
        modelGroup: 'gpt-4',
        // What the router claims is not what the gateway believes.
        region: aRegion('eu'),
        catalogVersion: 'a-version',
        verdicts: [],
        rateLimits: {},
        reservedTokens: 30,
      });
      const response = await under.post('/v1/chat/completions', { ...chat, user: 'from-eu' });
      under.services.decide = honest;
      expect(response.status).toBe(503);
      expect(await errorOf(response)).toMatchObject({ type: 'region_restricted' });
      expect(sent()).toBe(0);
      const attemptId = under.services.asked[0]?.attemptId;
      await vi.waitFor(() => {
        // The reservation the router took is given back.
        expect(under.services.usage).toContainEqual(
          expect.objectContaining({ attemptId, outcome: 'failed' }),
        );
      });
    },
  );

  it('sends nothing when the router runs with another configuration', async () => {
    const honest = under.services.decide;
    under.services.decide = async (request) =>
      ({ ...(await honest(request)), catalogVersion: 'another' }) as RouteDecision;
    const response = await under.post('/v1/chat/completions', chat);
    under.services.decide = honest;
    expect([response.status, sent()]).toEqual([503, 0]);
  });

  it('lets the client narrow its regions and never widen them', async () => {
    const narrowed = await under.post('/v1/chat/completions', { ...chat, allowed_model_region: 'us' });
    expect(narrowed.headers.get('x-litellm-model-region')).toBe('us');
    const widened = await under.post('/v1/chat/completions', {
      ...chat,
      user: 'from-eu',
      allowed_model_region: 'us',
    });
    expect(widened.status).toBe(403);
    expect(widened.headers.get('x-should-retry')).toBe('false');
    expect(widened.headers.get('retry-after')).toBeNull();
    expect(await errorOf(widened)).toMatchObject({ type: 'region_restricted', code: '403' });
  });

  it('refuses a restriction it cannot read', async () => {
    const response = await under.post('/v1/chat/completions', {
      ...chat,
      allowed_model_region: { zone: 'eu' },
    });
    expect([response.status, sent()]).toEqual([400, 0]);
  });

  it('refuses an end user whose record cannot be read', async () => {
    const response = await under.post('/v1/chat/completions', { ...chat, user: 'unreadable' });
    expect([response.status, sent()]).toEqual([503, 0]);
  });
});

describe('end users', () => {
  it.each([
    [{ 'x-litellm-customer-id': 'blocked' }, {}],
    [{ 'x-litellm-end-user-id': 'blocked' }, {}],
    [{}, { user: 'blocked' }],
    [{}, { litellm_metadata: { user: 'blocked' } }],
    [{}, { metadata: { user_id: 'blocked' } }],
    [{}, { safety_identifier: 'blocked' }],
  ])('are refused when they are blocked, whichever spelling names them: %j %j', async (headers, words) => {
    const response = await under.post('/v1/chat/completions', { ...chat, ...words }, { headers });
    expect([response.status, sent()]).toEqual([403, 0]);
    expect(await errorOf(response)).toMatchObject({ message: 'The end user is blocked.' });
  });

  it('are refused as soon as a change is announced', async () => {
    const user = 'soon-blocked';
    expect((await under.post('/v1/chat/completions', { ...chat, user })).status).toBe(200);
    under.services.endUsers.set(user, {
      endUserId: user,
      blocked: true,
      allowedRegions: [],
      defaultModel: null,
    });
    under.services.announce({ endUserIds: [user] });
    await vi.waitFor(async () => {
      expect((await under.post('/v1/chat/completions', { ...chat, user })).status).toBe(403);
    });
  });

  it('are served with their default model when the body names none', async () => {
    const rest = { messages: chat.messages };
    expect((await under.post('/v1/chat/completions', { ...rest, user: 'with-default' })).status).toBe(200);
    const response = await under.post('/v1/chat/completions', rest);
    expect(await errorOf(response)).toMatchObject({ param: 'model', code: '400' });
  });

  it('whose id is not a text are refused rather than forgotten', async () => {
    expect((await under.post('/v1/chat/completions', { ...chat, user: { id: 'from-eu' } })).status).toBe(400);
  });
});

describe('bodies', () => {
  it.each([
    ['malformed JSON', '{"model":', 400],
    ['nothing', '', 400],
    ['a list', '[]', 400],
    ['no messages', '{"model":"gpt-4"}', 400],
    ['messages of the wrong type', '{"model":"gpt-4","messages":"Hey"}', 400],
    [
      'a forbidden key',
      '{"model":"gpt-4","messages":[{"role":"user","content":"x"}],"__proto__":{"a":1}}',
      400,
    ],
    ['too much', `{"model":"${'x'.repeat(10_000)}"}`, 413],
  ])('of %s are refused before anything is sent', async (_, body, status) => {
    const response = await under.post('/v1/chat/completions', body);
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toMatchObject({ code: String(status) });
    expect(sent()).toBe(0);
  });

  it('that are not JSON are refused', async () => {
    const response = await under.post('/v1/chat/completions', 'model=gpt-4', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(response.status).toBe(415);
  });

  it('keep the fields we do not know, and lose those that speak to the gateway', async () => {
    await under.post('/v1/chat/completions', {
      ...chat,
      logit_bias: { 5: 1 },
      api_base: 'http://evil.example',
      allowed_model_region: 'eu',
    });
    const body = JSON.parse(provider.calls('eu')[0]?.body ?? '{}') as object;
    expect(body).toMatchObject({ logit_bias: { 5: 1 }, messages: chat.messages });
    expect(body).not.toHaveProperty('api_base');
    expect(body).not.toHaveProperty('allowed_model_region');
  });
});

describe('routes', () => {
  it.each(['/%zz', `/engines/${'x'.repeat(600)}/embeddings`])(
    'that cannot be read (%s) answer 404 too',
    async (route) => {
      const response = await under.post(route, {});
      expect([response.status, await errorOf(response)]).toEqual([
        404,
        expect.objectContaining({ type: 'not_found_error' }),
      ]);
    },
  );

  it('answer 404 to a path and 405 to a method they do not know, in the envelope', async () => {
    const unknown = await under.get('/v1/nothing');
    expect([unknown.status, await errorOf(unknown)]).toEqual([
      404,
      expect.objectContaining({ type: 'not_found_error' }),
    ]);
    const wrong = await under.get('/v1/chat/completions');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('clients that do not finish', () => {
  function rawExchange(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(under.gateway.port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('end', () => {
        socket.destroy();
        resolve(answer);
      });
      socket.on('error', reject);
    });
  }
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${masterKey}\r\ncontent-type: application/json\r\n`;

  it('are cut off while they send their body', async () => {
    const answer = await rawExchange(`${head}content-length: 100\r\n\r\n{"model"`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"type":"timeout_error"');
  });

  it('are cut off while they send their headers', async () => {
    expect(await rawExchange('POST /v1/chat/completions HTTP/1.1\r\nhost')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('are told when what they send is not HTTP', async () => {
    const answer = await rawExchange('what is this\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"error"');
  });

  it('and hang up before the answer are recorded, and the provider is hung up on', async () => {
    provider.on('eu', () => undefined);
    const body = JSON.stringify({ ...chat, user: 'from-eu' });
    const socket = connect(under.gateway.port, '127.0.0.1');
    socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`);
    await vi.waitFor(() => {
      expect(provider.calls('eu')).toHaveLength(1);
    });
    socket.destroy();
    await once(socket, 'close');
    await vi.waitFor(() => {
      expect(provider.calls('eu')[0]?.aborted).toBe(true);
      expect(under.services.usage).toContainEqual(
        expect.objectContaining({ outcome: 'client_disconnected' }),
      );
    });
  });
});
