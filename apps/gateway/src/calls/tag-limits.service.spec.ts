/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { hash } from 'node:crypto';
import type { Caller } from '@signalbox/contracts';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { FakeProvider } from '../spec-support/fake-provider.js';
import { GatewayUnderTest } from '../spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const budgets = [{ maxNanoDollars: 500e9, duration: '30d' }];
const team = { teamId: 't', alias: null, models: [], modelAliases: {}, tags: ['engineering'] };
const caller: Caller = {
  keyHash: 'k',
  keyAlias: null,
  userId: null,
  models: [],
  aliases: {},
  tags: [],
  expiresAt: null,
  team,
};

beforeAll(async () => {
  provider = await FakeProvider.start();
  const prices = { inputCostPerToken: 1e-6, outputCostPerToken: 1e-6 };
  const upstream = { apiBase: provider.apiBase('one') };
  const deployments = [aDeployment({ id: 'one', modelGroup: 'gpt-4', ...prices, upstream })];
  under = await GatewayUnderTest.start({ deployments });
  under.services.tagLimits = { engineering: { budgets }, marketing: { rpm: 1 } };
  under.services.callers.set(hash('sha256', 'sk-engineer'), caller);
  under.services.callers.set(hash('sha256', 'sk-nobody'), { ...caller, team: null });
});
afterAll(async () => {
  await under.stop();
  await provider.stop();
});
beforeEach(() => {
  under.services.forget();
});

function post(key: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }], ...body };
  return under.post('/v1/chat/completions', chat, {
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
}

async function scopesOf(...call: Parameters<typeof post>) {
  expect((await post(...call)).status).toBe(200);
  return under.services.asked.at(-1)?.scopes;
}

/** What identity says of tags from now on. */
function say(tagLimits: typeof under.services.tagLimits): void {
  under.services.tagLimits = tagLimits;
  under.services.announce({ tagNames: ['engineering'] });
}

it('asks for the budgets of the tags of a call, whoever set them', async () => {
  const engineering = { kind: 'tag', id: 'engineering', budgets };
  const marketing = { kind: 'tag', id: 'marketing', rpm: 1 };
  expect(await scopesOf('sk-engineer')).toEqual([engineering]);
  expect(await scopesOf('sk-nobody', { metadata: { tags: ['job-1', 'marketing'] } })).toEqual([marketing]);
  expect(
    await scopesOf('sk-engineer', { tags: ['&marketing'] }, { 'x-litellm-tags': 'engineering' }),
  ).toEqual([engineering, marketing]);
  expect(await scopesOf('sk-nobody', { tags: ['job-2', '!marketing'] })).toBeUndefined();
});

it('forgets what it knew when a tag changes', async () => {
  say({});
  await vi.waitFor(async () => {
    expect(await scopesOf('sk-engineer')).toBeUndefined();
  }, 10_000);
  say({ engineering: { rpm: 2 } });
  await vi.waitFor(async () => {
    expect(await scopesOf('sk-engineer')).toEqual([{ kind: 'tag', id: 'engineering', rpm: 2 }]);
  }, 10_000);
});

it('refuses calls with tags while nobody can say what they may, and serves the others', async () => {
  say(undefined);
  await vi.waitFor(async () => {
    expect((await post('sk-nobody', { tags: ['job-1'] })).status).toBe(503);
  }, 10_000);
  expect((await post('sk-nobody')).status).toBe(200);
});
