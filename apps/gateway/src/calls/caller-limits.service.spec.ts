/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { hash } from 'node:crypto';
import { fault, type Caller, type RouteOutcome, type RouteRequest } from '@signalbox/contracts';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answersJson, chatAnswer, FakeProvider } from '../spec-support/fake-provider.js';
import { GatewayUnderTest } from '../spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
let honest: (request: RouteRequest) => RouteOutcome | Promise<RouteOutcome>;

const team = { teamId: 't', alias: null, models: [], modelAliases: {}, tags: [] };
const caller: Caller = {
  keyHash: 'k',
  keyAlias: null,
  userId: null,
  models: [],
  aliases: {},
  tags: [],
  expiresAt: null,
  team: { ...team, limits: { tpm: 500 } },
  limits: { rpm: 3 },
};

beforeAll(async () => {
  provider = await FakeProvider.start();
  const at = (id: string, modelGroup: string, order: number) =>
    aDeployment({ id, modelGroup, order, upstream: { apiBase: provider.apiBase(id) } });
  under = await GatewayUnderTest.start({
    deployments: [at('one', 'gpt-4', 1), at('two', 'gpt-4', 2), at('other', 'spare', 1)],
    router: {
      numRetries: 2,
      fallbacks: {
        tables: { general: [], context_window: [], content_policy: [] },
        defaults: [{ model: 'spare' }],
        maxFallbacks: 5,
      },
    },
  });
  honest = under.services.decide;
  under.services.callers.set(hash('sha256', 'sk-limited'), caller);
  under.services.callers.set(hash('sha256', 'sk-free'), { ...caller, limits: undefined, team });
  const policy = { allowedRegions: [], blocked: false, defaultModel: null };
  under.services.endUsers.set('limited', { endUserId: 'limited', ...policy, limits: { rpm: 1 } });
});
afterAll(async () => {
  await under.stop();
  await provider.stop();
});
beforeEach(() => {
  provider.reset();
  under.services.forget();
});
afterEach(() => {
  under.services.decide = honest;
});

function post(key: string, body: object = {}): Promise<Response> {
  const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }], ...body };
  return under.post('/v1/chat/completions', chat, { headers: { authorization: `Bearer ${key}` } });
}

/** Decides as ever until so many attempts were allowed, then the key is at its limit. */
function limitAfter(attempts: number): void {
  let allowed = 0;
  under.services.decide = (request) => {
    allowed += 1;
    return allowed <= attempts ? honest(request) : atLimit(request);
  };
}

function atLimit({ requestId, attemptId }: RouteRequest): RouteOutcome {
  return {
    outcome: 'refused',
    requestId,
    attemptId,
    fault: fault('caller_limit_exceeded', 'Rate limit exceeded for api_key.', { retryAfterMs: 9_000 }),
    verdicts: [],
    scopeVerdicts: [
      {
        kind: 'api_key',
        code: 'rpm',
        retryAfterMs: 9_000,
        state: { limitRequests: 3, remainingRequests: 0 },
      },
    ],
    limits: 'exact',
  };
}

describe('a call of somebody with limits', () => {
  it('asks for those of the key, the team and the end user', async () => {
    expect((await post('sk-limited', { user: 'limited' })).status).toBe(200);
    expect(under.services.asked).toMatchObject([
      {
        scopes: [
          { kind: 'api_key', id: 'k', rpm: 3 },
          { kind: 'team', id: 't', tpm: 500 },
          { kind: 'end_user', id: 'limited', rpm: 1 },
        ],
      },
    ]);
    expect(under.services.asked[0]).not.toHaveProperty('previous');
  });

  it('names the attempt before, with what it used, at every retry and fallback', async () => {
    provider.on('one', answersJson({ error: { message: 'broken' } }, 500));
    provider.on('two', answersJson({ error: { message: 'broken' } }, 400));
    expect((await post('sk-limited')).headers.get('x-litellm-model-id')).toBe('other');
    const [first, second, third] = under.services.asked;
    const free = { modelGroup: 'gpt-4', tokens: 0, nanoDollars: 0 };
    expect(second?.previous).toEqual({ attemptId: first?.attemptId, ...free });
    expect(third?.previous).toEqual({ attemptId: second?.attemptId, ...free });
    expect(third?.model).toBe('spare');
  });

  it('says in headers what is left to each of them', async () => {
    under.services.decide = async (request) => ({
      ...(await honest(request)),
      scopeVerdicts: [{ kind: 'team', code: 'fits', state: { limitTokens: 500, remainingTokens: 480 } }],
    });
    const { headers } = await post('sk-limited');
    expect(headers.get('x-ratelimit-team-limit-tokens')).toBe('500');
    expect(headers.get('x-ratelimit-team-remaining-tokens')).toBe('480');
  });
});

describe('a call of somebody without limits', () => {
  it('asks for nothing more, also when it is tried again', async () => {
    provider.on('one', answersJson({ error: { message: 'broken' } }, 500));
    provider.on('two', answersJson(chatAnswer('Hello')));
    expect((await post('sk-free')).status).toBe(200);
    expect(under.services.asked).toHaveLength(2);
    for (const request of under.services.asked) {
      expect(request).not.toHaveProperty('scopes');
      expect(request).not.toHaveProperty('previous');
    }
  });
});

describe('a caller at its limit', () => {
  it('is refused once and for all: no other deployment, no other model', async () => {
    limitAfter(0);
    const response = await post('sk-limited');
    expect(response.status).toBe(429);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'retry-after': '9',
      'x-should-retry': 'true',
      'x-signalbox-limits': 'exact',
      'x-ratelimit-api_key-limit-requests': '3',
      'x-ratelimit-api_key-remaining-requests': '0',
    });
    expect(await response.json()).toEqual({
      error: {
        message: 'Rate limit exceeded for api_key.',
        type: 'rate_limit_error',
        param: null,
        code: '429',
      },
    });
    expect(under.services.asked).toHaveLength(1);
  });

  it('gets no further try after a failure, and hears of both', async () => {
    limitAfter(1);
    provider.on('one', answersJson({ error: { message: 'broken' } }, 500));
    const response = await post('sk-limited');
    expect(response.status).toBe(500);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toContain('broken');
    expect(error.message).toContain('429 Rate limit exceeded for api_key');
    expect(under.services.asked).toHaveLength(2);
    expect(provider.calls('other')).toHaveLength(0);
  });
});
