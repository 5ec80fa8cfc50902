import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DecisionRecord } from '@signalbox/contracts';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';

// Real: the whole system with two usage services, and signalbox-verify as somebody else would run it. Fake: the providers.

const patience = { timeout: 60_000, interval: 100 };
const packed = path.resolve(import.meta.dirname, '../../libs/decision-records');

let upstream: FakeUpstream;
let system: Signalbox;
let api: ApiCaller;
let key: string;
let folder: string;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-verify-'));
  const at = (site: string, more: string): string =>
    `{ model: openai/m, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up-secret, ${more} }`;
  system = await startSignalbox({
    replicas: { usage: 2 },
    config: `
model_list:
  - { model_name: any, litellm_params: ${at('eu', 'region_name: swedencentral')}, model_info: { id: se } }
  - { model_name: any, litellm_params: ${at('us', 'region_name: us')}, model_info: { id: us } }
  - { model_name: us-only, litellm_params: ${at('us', 'region_name: us')}, model_info: { id: us-only } }
router_settings: { num_retries: 0, disable_cooldowns: true }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  api = apiCaller(system.url);
  await api('/end_user/new', { user_id: 'anna', allowed_model_region: 'eu' });
  key = ((await api('/key/generate', { models: ['any', 'us-only'] })).body as { key: string }).key;
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
  await rm(folder, { recursive: true, force: true });
});

const call = (body: object): Promise<ApiAnswer> => api('/v1/chat/completions', body, { key });
const idOf = ({ headers }: ApiAnswer): string => headers.get('x-signalbox-decision-id') ?? 'none';

/** The record of a call, once it is there. */
async function recordOf(answer: ApiAnswer, as = MASTER_KEY): Promise<DecisionRecord> {
  let found: ApiAnswer | undefined;
  await expect
    .poll(
      async () => (found = await api(`/decisions/${idOf(answer)}`, undefined, { key: as })).status,
      patience,
    )
    .toBe(200);
  return (found?.body as { record: DecisionRecord }).record;
}

async function exported(query = ''): Promise<string> {
  const response = await fetch(`${system.url}/decisions/export?end_user=anna${query}`, {
    headers: { authorization: `Bearer ${MASTER_KEY}` },
  });
  expect(response.headers.get('content-type')).toContain('application/x-ndjson');
  return response.text();
}

/** What signalbox-verify says of an export, run from a folder that holds the package and nothing else. */
async function verify(text: string): Promise<{ status: number | null; said: string }> {
  for (const part of ['bin', 'dist', 'package.json']) {
    await cp(path.join(packed, part), path.join(folder, part), { recursive: true });
  }
  const pem = await (await fetch(`${system.url}/decisions/public-key`)).text();
  await Promise.all([
    writeFile(path.join(folder, 'pub.pem'), pem),
    writeFile(path.join(folder, 'export.jsonl'), text),
  ]);
  const run = spawnSync(process.execPath, ['bin/signalbox-verify.mjs', 'export.jsonl', '--key', 'pub.pem'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status: run.status, said: run.stdout + run.stderr };
}

describe('every answer to a call', () => {
  it('names a record that says where it went and why', async () => {
    const record = await recordOf(await call(chat('any', { user: 'anna', metadata: { tags: ['paid'] } })));
    expect(record).toMatchObject({
      caller: { endUserId: 'anna', teamId: null },
      policy: {
        residency: [{ allowed: ['eu'], from: 'end_user' }],
        tags: ['paid'],
        keyModels: ['any', 'us-only'],
      },
      mode: 'chat',
      model: 'any',
      outcome: 'succeeded',
    });
    const [hop] = record.hops;
    expect(hop).toMatchObject({
      deploymentId: 'se',
      regionSource: 'declared',
      outcome: 'succeeded',
      upstreamStatus: 200,
    });
    expect(hop?.region).toMatchObject({ name: 'swedencentral', zone: 'eu' });
    const codes = hop?.verdicts.map(({ deploymentId, code }) => [deploymentId, code]);
    expect(codes).toEqual(
      expect.arrayContaining([
        ['se', 'chosen'],
        ['us', 'region_outside'],
      ]),
    );
  });

  it.each([
    ['is streamed', () => chat('any', { user: 'anna', stream: true }), 200, { outcome: 'succeeded' }],
    [
      'is a refusal for its region',
      () => chat('us-only', { user: 'anna' }),
      403,
      {
        outcome: 'refused',
        error: { code: 'region_restricted', status: 403 },
        hops: [{ refusal: 'region_restricted' }],
      },
    ],
    [
      'is a refusal of the key',
      () => chat('other', { user: 'anna' }),
      403,
      { outcome: 'refused', error: { code: 'key_model_access_denied' } },
    ],
    [
      'is the error of a provider',
      () => {
        upstream.next('eu', { status: 500 });
        return chat('any', { user: 'anna' });
      },
      500,
      {
        outcome: 'failed',
        error: { code: 'upstream_error', status: 500 },
        hops: [{ outcome: 'failed', upstreamStatus: 500 }],
      },
    ],
  ])('also where it %s', async (_, body, status, record) => {
    const answer = await call(body());
    expect(answer.status).toBe(status);
    expect(await recordOf(answer)).toMatchObject(record);
  });

  it('names another record than any before, whatever the client calls it', async () => {
    const named = () =>
      api('/v1/chat/completions', chat('any'), { key, headers: { 'x-litellm-call-id': 'mine' } });
    const [one, two] = [await named(), await named()];
    expect(idOf(one)).not.toBe(idOf(two));
    expect((await recordOf(two)).requestId).toBe('mine');
  });
});

describe('a record', () => {
  it('is shown to its own key and to no other', async () => {
    const answer = await call(chat('any', { user: 'anna' }));
    expect(await recordOf(answer, key)).toMatchObject({ model: 'any' });
    const other = ((await api('/key/generate', {})).body as { key: string }).key;
    const path = `/decisions/${idOf(answer)}`;
    expect((await api(path, undefined, { key: other })).status).toBe(404);
    expect((await api(path, undefined, { key: '' })).status).toBe(401);
    expect((await api('/decisions/export?end_user=anna', undefined, { key })).status).toBe(403);
  });

  it('holds nothing of what was said, whoever said it and where', async () => {
    const planted: string[] = [];
    const plant = (): string => {
      const text = `secret ${randomUUID()}`;
      planted.push(text.slice(7));
      return text;
    };
    const bodies = Array.from({ length: 6 }, (_, number) =>
      chat('any', {
        user: 'anna',
        stream: number % 2 === 0,
        messages: [
          { role: 'system', content: plant() },
          { role: 'user', content: [{ type: 'text', text: plant() }] },
        ],
        tools: [{ type: 'function', function: { name: 'f', description: plant(), parameters: {} } }],
        stop: [plant()],
        metadata: { note: plant() },
        ...(number > 3 && { temperature: plant() }),
      }),
    );
    for (const [number, body] of bodies.entries()) {
      // Providers repeat in their errors what was sent to them.
      const error = { message: planted.join(' '), type: 'invalid_request_error', param: null, code: null };
      if (number % 3 === 2) upstream.next('eu', { status: 400, body: { error } });
      await recordOf(await call(body));
    }
    const text = await exported();
    expect(planted.length).toBeGreaterThan(30);
    for (const secret of [...planted, 'sk-up-secret', key, MASTER_KEY]) expect(text).not.toContain(secret);
  });
});

describe('an export', () => {
  it('is found genuine by signalbox-verify, and not any more when anything was done to it', async () => {
    await recordOf(await call(chat('any', { user: 'anna' })));
    const text = await exported('&start_date=2026-01-01');
    const [first = '', ...lines] = text.trimEnd().split('\n');
    const genuine = await verify(text);
    expect(genuine).toMatchObject({
      status: 0,
      said: expect.stringMatching(/^GENUINE: .* of end_user:anna /) as unknown,
    });
    for (const changed of [
      [first, ...lines.slice(1)],
      [first, ...lines.toReversed()],
      [first, ...lines.map((line) => line.replace('"se"', '"us"'))],
      [first, ...lines.slice(0, -1)],
      lines,
    ]) {
      expect(await verify(changed.join('\n'))).toMatchObject({
        status: 1,
        said: expect.stringMatching(/^NOT GENUINE/) as unknown,
      });
    }
  });

  it('is complete when usage services are killed while calls are made', async () => {
    const before = (await exported()).split('"kind":"record"').length - 1;
    const calls = Array.from({ length: 30 }, () => call(chat('any', { user: 'anna' })));
    await system.kill('usage', 1);
    await Promise.all(calls);
    await system.kill('usage', 2);
    await Promise.all([system.revive('usage', 1), system.revive('usage', 2)]);
    await expect
      .poll(async () => (await exported()).split('"kind":"record"').length - 1, patience)
      .toBe(before + 30);
    expect(await verify(await exported())).toMatchObject({ status: 0 });
  });
});
