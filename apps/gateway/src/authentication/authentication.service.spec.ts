/** Real: HTTP, the whole gateway, NATS killed and started again. Fake: what router, identity and provider say. */
import { createHash } from 'node:crypto';
import { fault, type Caller } from '@signalbox/contracts';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { knownRoutes } from './route-rules.js';
import { FakeProvider } from '../spec-support/fake-provider.js';
import { GatewayUnderTest, masterKey } from '../spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }] };

beforeAll(async () => {
  provider = await FakeProvider.start();
  under = await GatewayUnderTest.start({
    deployments: [aDeployment({ upstream: { apiBase: provider.apiBase('one') } })],
    limits: { identityLeaseMs: 1_000 },
  });
});

afterAll(async () => {
  await under.stop();
  await provider.stop();
});

beforeEach(() => {
  under.services.forget();
});

function know(key: string, words: Partial<Caller> = {}): string {
  const keyHash = createHash('sha256').update(key).digest('hex');
  under.services.callers.set(keyHash, {
    keyHash,
    keyAlias: null,
    userId: null,
    models: [],
    aliases: {},
    tags: [],
    expiresAt: null,
    team: null,
    ...words,
  });
  return keyHash;
}

function callWith(key: string): Promise<Response> {
  return under.post('/v1/chat/completions', chat, { headers: { authorization: `Bearer ${key}` } });
}

async function typeOf(response: Response): Promise<unknown> {
  const { error } = (await response.json()) as { error: { type: string } };
  return [response.status, error.type];
}

describe('a key', () => {
  it('is asked for once and then remembered', async () => {
    know('sk-good');
    const answers = await Promise.all([callWith('sk-good'), callWith('sk-good'), callWith('sk-good')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await callWith('sk-good');
    expect(under.services.authenticated).toHaveLength(1);
  });

  it('is named in the usage by its hash and never sent anywhere', async () => {
    const keyHash = know('sk-traced');
    const response = await callWith('sk-traced');
    await vi.waitFor(() => {
      expect(under.services.usage).toContainEqual(
        expect.objectContaining({ keyHash, requestId: response.headers.get('x-litellm-call-id') }),
      );
    });
    expect(JSON.stringify(provider.calls('one'))).not.toContain('sk-traced');
  });

  it('that nobody knows, or that is missing, is refused before the body is read', async () => {
    expect(await typeOf(await callWith('sk-bad'))).toEqual([401, 'token_not_found_in_db']);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${under.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: '{not json',
    });
    expect(await typeOf(response)).toEqual([401, 'auth_error']);
  });

  it('that has expired is refused although it is cached', async () => {
    know('sk-short', { expiresAt: Date.now() + 150 });
    expect((await callWith('sk-short')).status).toBe(200);
    await vi.waitFor(async () => {
      expect(await typeOf(await callWith('sk-short'))).toEqual([401, 'expired_key']);
    });
  });

  it('that is blocked is refused as soon as that is announced', async () => {
    const keyHash = know('sk-blocked');
    expect((await callWith('sk-blocked')).status).toBe(200);
    under.services.callers.set(keyHash, fault('key_blocked'));
    under.services.announce({ keyHashes: [keyHash] });
    await vi.waitFor(async () => {
      expect((await callWith('sk-blocked')).status).toBe(403);
    });
  });

  it('of a blocked team is refused as soon as that is announced', async () => {
    const team = { teamId: 'team-1', alias: null, models: [], modelAliases: {}, tags: [] };
    const keyHash = know('sk-team', { team });
    expect((await callWith('sk-team')).status).toBe(200);
    under.services.callers.set(keyHash, fault('team_blocked'));
    under.services.announce({ teamIds: ['team-1'] });
    await vi.waitFor(async () => {
      expect((await callWith('sk-team')).status).toBe(403);
    });
  });

  it('without a database behind it is not called wrong', async () => {
    const keyHash = createHash('sha256').update('sk-unreadable').digest('hex');
    under.services.callers.set(keyHash, fault('identity_unavailable'));
    expect(await typeOf(await callWith('sk-unreadable'))).toEqual([503, 'no_db_connection']);
  });

  it('does not open admin routes', async () => {
    know('sk-plain');
    expect(await typeOf(await under.get('/health', { authorization: 'Bearer sk-plain' }))).toEqual([
      403,
      'auth_error',
    ]);
    expect((await under.get('/health')).status).toBe(200);
  });

  it('of a type or with a list of routes uses no others', async () => {
    know('sk-reading', { keyType: 'read_only' });
    know('sk-chatting', { allowedRoutes: ['/v1/chat/completions'] });
    expect(await typeOf(await callWith('sk-reading'))).toEqual([403, 'auth_error']);
    expect((await under.get('/v1/models', { 'x-api-key': 'sk-reading' })).status).toBe(200);
    expect((await callWith('sk-chatting')).status).toBe(200);
    expect((await under.get('/v1/models', { 'x-api-key': 'sk-chatting' })).status).toBe(403);
  });

  it('of an admin opens what is for admins, and stops when that is announced', async () => {
    const keyHash = know('sk-house', { userId: 'u1', user: { role: 'proxy_admin', adminOf: [] } });
    expect((await under.get('/health', { 'x-api-key': 'sk-house' })).status).toBe(200);
    know('sk-house', { userId: 'u1', user: { role: 'internal_user', adminOf: [] } });
    under.services.announce({ keyHashes: [keyHash] });
    await vi.waitFor(async () => {
      expect((await under.get('/health', { 'x-api-key': 'sk-house' })).status).toBe(403);
    });
  });

  it('is needed to list models, and lists only its own', async () => {
    know('sk-limited', { models: ['another'] });
    expect((await under.get('/v1/models', {})).status).toBe(401);
    expect(await (await under.get('/v1/models', { 'x-api-key': 'sk-limited' })).json()).toEqual({
      object: 'list',
      data: [],
    });
    expect(await (await under.get('/v1/models')).json()).toMatchObject({
      data: [{ id: 'gpt-4', object: 'model' }],
    });
  });
});

describe('the table of routes', () => {
  it('has a line for every route that is documented', async () => {
    const { paths } = (await (await under.get('/docs-json')).json()) as { paths: Record<string, object> };
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(served.length).toBeGreaterThan(30);
    expect(served.filter((route) => !knownRoutes.includes(route))).toEqual([]);
  });
});

describe('pages that need no key', () => {
  it.each([
    '/',
    '/health/readiness',
    '/health/liveliness',
    '/health/liveness',
    '/metrics',
    '/docs',
    '/docs-json',
  ])('%s', async (route) => {
    expect((await under.get(route, {})).status).toBe(200);
  });

  it('carry security headers', async () => {
    expect((await under.get('/health/liveness', {})).headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('without the bus', () => {
  it('remembered keys serve until the lease ends, then nobody is believed; all is well again afterwards', async () => {
    know('sk-lasting');
    const blockedMeanwhile = know('sk-blocked-meanwhile');
    const forRestricted = () => under.post('/v1/chat/completions', { ...chat, user: 'restricted' });
    for (const key of ['sk-lasting', 'sk-blocked-meanwhile']) expect((await callWith(key)).status).toBe(200);
    expect((await forRestricted()).status).toBe(200);
    await under.nats.kill();
    under.services.callers.set(blockedMeanwhile, fault('key_blocked'));
    await vi.waitFor(async () => {
      expect((await under.get('/health/readiness', {})).status).toBe(503);
    });
    // The key is still believed: it is the router that cannot be reached.
    expect(await typeOf(await callWith('sk-lasting'))).toEqual([503, 'internal_server_error']);
    await vi.waitFor(async () => {
      expect(await typeOf(await callWith('sk-lasting'))).toEqual([503, 'no_db_connection']);
    }, 10_000);
    // Whom a call is made for is believed no longer either: he may be restricted now.
    expect(await typeOf(await forRestricted())).toEqual([503, 'no_db_connection']);
    expect(await typeOf(await callWith(masterKey))).toEqual([503, 'internal_server_error']);
    await under.nats.restart();
    await vi.waitFor(async () => {
      expect((await callWith('sk-lasting')).status).toBe(200);
    }, 20_000);
    // Nobody announced it while we could hear; what was remembered is forgotten all the same.
    expect((await callWith('sk-blocked-meanwhile')).status).toBe(403);
  }, 60_000);
});
