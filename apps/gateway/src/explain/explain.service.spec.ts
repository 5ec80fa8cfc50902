/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { hash } from 'node:crypto';
import { fault, type EndUserPolicy } from '@signalbox/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeProvider } from '../spec-support/fake-provider.js';
import { FallbackHouse } from '../spec-support/fallback-house.js';
import type { explanationAnswer } from './explanation-answer.js';

type Answer = ReturnType<typeof explanationAnswer>;
let provider: FakeProvider;
let house: FallbackHouse;

beforeAll(async () => {
  provider = await FakeProvider.start();
  house = await FallbackHouse.start(provider);
  house.under.services.callers.set(hash('sha256', 'sk-blocked-for-a-while'), fault('key_blocked'));
});

afterAll(async () => {
  await house.under.stop();
  await provider.stop();
});

beforeEach(() => {
  provider.reset();
  house.under.services.forget();
});

function asking(body: object, key?: string): Promise<Response> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return house.under.post('/router/explain', { messages: house.messages, ...body }, { headers });
}

async function explain(body: object, key?: string): Promise<Answer> {
  const response = await asking(body, key);
  const answer = (await response.json()) as Answer;
  expect([response.status, answer]).toMatchObject([200, { caller: {} }]);
  return answer;
}

const verdicts = ({ candidates }: Pick<Answer, 'candidates'>) =>
  candidates.map(({ model_id: id, verdict }) => [id, verdict]);

describe('POST /router/explain', () => {
  it('says what a call would get, and sends, asks, records nothing', async () => {
    const answer = await explain({ model: 'nickname', user: 'from-eu' });
    expect(answer).toMatchObject({
      caller: { kind: 'master', end_user_id: 'from-eu' },
      policy: { regions: [{ from: 'end_user', allowed: ['eu'] }], may_fall_back: true },
      model: 'nickname',
      names: ['nickname', 'a'],
      model_group: 'a',
      pick: { model_id: 'a1', model_group: 'a', region: { zone: 'eu', confidence: 'declared' } },
      error: null,
    });
    expect(answer.attempts).toMatchObject([{ model: 'nickname', result: 'answers', model_id: 'a1' }]);
    expect(house.under.services.asked).toEqual([]);
    expect(provider.calls('a1')).toEqual([]);
    await house.post({ model: 'a' });
    await expect.poll(() => house.under.services.usage, { timeout: 15_000 }).toHaveLength(1);
  });

  it('plans the fallbacks of every kind, and shows which of them a region rules out', async () => {
    const { fallbacks } = await explain({ model: 'a', user: 'from-eu' });
    const plan = Object.entries(fallbacks).map(([kind, models]) => [
      kind,
      models.map(({ model, pick }) => [model, pick?.model_id ?? null]),
    ]);
    expect(Object.fromEntries(plan)).toEqual({
      general: [
        ['b', null],
        ['c', 'c-eu'],
        ['last', null],
      ],
      context_window: [
        ['long', null],
        ['last', null],
      ],
      content_policy: [
        ['mild', null],
        ['last', null],
      ],
    });
    const [b] = fallbacks['general'] ?? [];
    expect(b).toMatchObject({
      code: 'region_restricted',
      candidates: [{ model_id: 'b-us', verdict: 'region_outside', region: { zone: 'us' } }],
    });
  });

  it('answers as if deployments were down, with the error of the call that finds them so', async () => {
    const assume = { down: ['a1', 'c-eu'] };
    const { attempts, pick } = await explain({ model: 'a', assume });
    expect(attempts.map(({ model, result }) => [model, result])).toEqual([
      ['a', 'fails'],
      ['b', 'answers'],
    ]);
    expect(pick?.model_id).toBe('b-us');
    for (const site of ['a1', 'c-eu', 'last1']) provider.on(site, (response) => response.destroy());
    const real = await house.post({ model: 'a', user: 'from-eu' });
    const foreseen = await explain({ model: 'a', as_user: 'from-eu', assume });
    expect(foreseen.pick).toBeNull();
    expect(foreseen.error).toMatchObject({ status: real.status, body: await real.json() });
  });

  it('tells the error of a call that never comes to a decision', async () => {
    const real = await house.post({ model: 'a', messages: 'hello' });
    const foreseen = await explain({ model: 'a', messages: 'hello' });
    expect(foreseen.error).toMatchObject({ status: 400, body: await real.json() });
    expect(foreseen).toMatchObject({ candidates: [], attempts: [], pick: null });
    const gone: EndUserPolicy = {
      endUserId: 'gone',
      blocked: true,
      allowedRegions: [],
      defaultModel: null,
    };
    house.under.services.endUsers.set('gone', gone);
    expect((await explain({ model: 'a', as_user: 'gone' })).error).toMatchObject({
      status: 403,
      code: 'end_user_blocked',
    });
  });

  it('tells an admin what a key would get, whether it is named by itself or by its hash', async () => {
    expect((await explain({ model: 'a', as_key: 'sk-blocked-for-a-while' })).error?.code).toBe('key_blocked');
    expect((await explain({ model: 'a', as_key: 'f'.repeat(64) })).error?.code).toBe('unknown_key');
    const { caller, error } = await explain({ model: 'a', as_key: hash('sha256', 'sk-b-only') });
    expect(caller).toMatchObject({ kind: 'key' });
    expect(error).toMatchObject({ status: 403, code: 'key_model_access_denied' });
  });

  it('tells a key about itself, and about nobody else', async () => {
    expect((await explain({ model: 'a' }, 'sk-plain')).pick?.model_id).toBe('a1');
    for (const other of [{ as_user: 'from-eu' }, { as_key: 'sk-b-only-and-others' }]) {
      const response = await asking({ model: 'a', ...other }, 'sk-plain');
      expect(response.status).toBe(403);
    }
  });

  it('hides from a key what its calls hide: deployments and models of others', async () => {
    expect(verdicts(await explain({ model: 'of-another-team' }, 'sk-plain'))).toEqual([]);
    expect(verdicts(await explain({ model: 'of-another-team', as_key: hash('sha256', 'sk-plain') }))).toEqual(
      [['theirs', 'team_access']],
    );
    const plan = async (key?: string) =>
      ((await explain({ model: 'a' }, key)).fallbacks['general'] ?? []).map(({ model }) => model);
    expect(await plan()).toEqual(['b', 'c', 'last']);
    expect(await plan('sk-a-and-c')).toEqual(['c']);
    expect(await plan('sk-no-fallbacks')).toEqual([]);
  });

  it.each([{ assume: { down: 'a1' } }, { as_key: 'short' }, { mode: 'song' }, { assume: { up: [] } }])(
    'refuses a question it does not understand: %j',
    async (question) => {
      expect((await asking({ model: 'a', ...question })).status).toBe(422);
    },
  );
});
