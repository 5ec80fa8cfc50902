/** Real: HTTP, the whole gateway, NATS. Fake: what router, identity and provider say. */
import { fault, type Caller, type DecisionRecord } from '@signalbox/contracts';
import { aDeployment, aRegion } from '@signalbox/routing/testing';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeProvider } from '../spec-support/fake-provider.js';
import { GatewayUnderTest } from '../spec-support/gateway-under-test.js';

const chatRoute = '/v1/chat/completions';
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'a secret prompt' }] };
const decisionIdHeader = 'x-signalbox-decision-id';
let provider: FakeProvider;
let under: GatewayUnderTest;

function aCaller(key: string, words: Partial<Caller> = {}): Caller {
  const caller: Caller = {
    keyHash: createHash('sha256').update(key).digest('hex'),
    keyAlias: null,
    userId: 'ursula',
    models: [],
    aliases: {},
    tags: ['spring'],
    expiresAt: null,
    team: null,
    ...words,
  };
  under.services.callers.set(caller.keyHash, caller);
  return caller;
}

async function start(decisionRecords: 'all' | 'restricted'): Promise<void> {
  under = await GatewayUnderTest.start({
    deployments: [
      aDeployment({ id: 'eu', region: aRegion('eu'), upstream: { apiBase: provider.apiBase('eu') } }),
    ],
    general: { decisionRecords, maxRequestSizeBytes: 10_000, userHeaderName: 'x-customer' },
  });
  const policy = { allowedRegions: ['eu'], defaultModel: null, blocked: true };
  under.services.endUsers.set('blocked', { endUserId: 'blocked', ...policy });
  under.services.endUsers.set('unreadable', fault('identity_unavailable'));
}

/** The record an answer names, and that it is the only one since the last look. */
async function recordOf(answer: Response): Promise<DecisionRecord> {
  const id = answer.headers.get(decisionIdHeader);
  return vi.waitFor(
    () => {
      const [record, ...others] = under.services.decisions;
      if (record?.decisionId !== id || others.length > 0) throw new Error('not this record alone');
      return record;
    },
    { timeout: 15_000 },
  );
}

beforeAll(async () => {
  provider = await FakeProvider.start();
});
afterAll(() => provider.stop());
beforeEach(() => {
  provider.reset();
});

describe('where every decision is recorded', () => {
  beforeAll(() => start('all'));
  afterAll(() => under.stop());
  beforeEach(() => {
    under.services.forget();
  });

  it.each([
    ['bad JSON', '{"model":', 400, 'invalid_json', {}],
    ['no JSON object', '[]', 400, 'invalid_request', {}],
    ['no prompt', { model: 'gpt-4' }, 400, 'invalid_request', { model: 'gpt-4' }],
    ['no model', { ...chat, model: '' }, 400, 'invalid_request', {}],
    ['too much', { ...chat, input: 'x'.repeat(10_000) }, 413, 'request_too_large', {}],
    [
      'an end user with a number for a name',
      { ...chat, user: {} },
      400,
      'invalid_request',
      { model: 'gpt-4' },
    ],
    ['a blocked end user', { ...chat, user: 'blocked' }, 403, 'end_user_blocked', { model: 'gpt-4' }],
    [
      'rules nobody can read',
      { ...chat, user: 'unreadable' },
      503,
      'identity_unavailable',
      { model: 'gpt-4' },
    ],
    ['a model of another world', { ...chat, model: 'nobody' }, 404, 'model_not_found', { model: 'nobody' }],
  ])('a call refused for %s has one record with the reason', async (_what, body, status, code, known) => {
    const caller = aCaller('sk-own');
    const answer = await under.post(chatRoute, body, { headers: { authorization: 'Bearer sk-own' } });
    expect(answer.status).toBe(status);
    const record = await recordOf(answer);
    expect(record).toMatchObject({
      requestId: answer.headers.get('x-litellm-call-id'),
      caller: { keyHash: caller.keyHash, userId: 'ursula', teamId: null },
      mode: 'chat',
      model: '',
      outcome: 'refused',
      error: { code, status },
      ...known,
    });
    expect(JSON.stringify(record)).not.toContain('secret');
    expect(provider.calls('eu')).toHaveLength(0);
  });

  it('says under which rules the call was, as far as they were known', async () => {
    aCaller('sk-swiss', { allowedRegions: ['ch'] });
    const headers = { authorization: 'Bearer sk-swiss', 'x-customer': 'unreadable' };
    const answer = await under.post(
      '/engines/gpt-4/embeddings',
      { allowed_model_region: 'us', input: 'Hey' },
      { headers },
    );
    expect(await recordOf(answer)).toMatchObject({
      caller: { endUserId: 'unreadable' },
      mode: 'embedding',
      model: 'gpt-4',
      policy: {
        tags: ['spring'],
        residency: [
          { allowed: ['ch'], from: 'key' },
          { allowed: ['us'], from: 'request' },
        ],
      },
    });
  });

  it('a call that was answered, or failed later, still has one record', async () => {
    for (const body of [chat, { ...chat, allowed_model_region: 'us' }]) {
      under.services.forget();
      expect(await recordOf(await under.post(chatRoute, body))).toMatchObject({
        model: 'gpt-4',
        mode: 'chat',
      });
    }
  });

  it('who is not let in leaves none, and neither does what is no call', async () => {
    aCaller('sk-models', { allowedRoutes: ['/v1/models'] });
    const refused = [
      ...(await Promise.all(
        ['', 'Bearer sk-unknown', 'Bearer sk-models'].map((authorization) =>
          under.post(chatRoute, '{', { headers: { authorization } }),
        ),
      )),
      await under.post('/v1/nowhere', chat),
      await under.post('/key/generate', '{'),
      await under.post('/router/explain', { ...chat, user: 'blocked' }),
    ];
    expect(refused.map(({ headers }) => headers.get(decisionIdHeader))).toEqual(refused.map(() => null));
    const last = await under.post(chatRoute, '{');
    expect(await recordOf(last)).toMatchObject({ outcome: 'refused' });
  });
});

describe('where decisions of restricted calls are recorded', () => {
  beforeAll(() => start('restricted'));
  afterAll(() => under.stop());

  it('a refused call has a record where it was restricted, or may have been', async () => {
    aCaller('sk-free');
    aCaller('sk-swiss', { allowedRegions: ['ch'] });
    const noted = async (key: string, body: unknown): Promise<boolean> => {
      const answer = await under.post(chatRoute, body, { headers: { authorization: `Bearer ${key}` } });
      return answer.headers.has(decisionIdHeader);
    };
    expect(await noted('sk-free', '{')).toBe(false);
    expect(await noted('sk-free', { ...chat, model: 'nobody' })).toBe(false);
    expect(await noted('sk-swiss', '{')).toBe(true);
    expect(await noted('sk-free', { ...chat, user: 'unreadable' })).toBe(true);
    expect(await noted('sk-free', { ...chat, model: 'nobody', user: 'blocked' })).toBe(true);
  });
});
