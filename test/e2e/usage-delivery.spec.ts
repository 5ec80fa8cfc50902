import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';

// Real: two gateways and one of each other service, NATS, Redis, Postgres; gateways and NATS are killed by SIGKILL. Fake:
// the provider, which counts one token per word.

const patience = { timeout: 60_000, interval: 200 };
const verifyCommand = path.resolve(
  import.meta.dirname,
  '../../libs/decision-records/bin/signalbox-verify.mjs',
);
let folder: string;
let upstream: FakeUpstream;
let system: Signalbox;
let first: ApiCaller;
let second: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-delivery-'));
  const params = (site: string, more = ''): string =>
    `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up${more} }`;
  system = await startSignalbox({
    replicas: { gateway: 2 },
    config: `
model_list:
  - { model_name: plain, litellm_params: ${params('plain')} }
  - { model_name: narrow, litellm_params: ${params('narrow', ', max_parallel_requests: 1, timeout: 5')} }
router_settings: { num_retries: 0 }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  [first, second] = [apiCaller(system.urls[0] ?? ''), apiCaller(system.urls[1] ?? '')];
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
  await rm(folder, { recursive: true, force: true });
});

async function countedOf(model: string): Promise<{ requests: number; total_tokens: number } | undefined> {
  const { body } = await first('/usage');
  const { day } = body as {
    day: { by_model_group: Record<string, { requests: number; total_tokens: number }> };
  };
  return day.by_model_group[model];
}

async function spentOf(key: string): Promise<number> {
  const { body } = await first(`/key/info?key=${key}`);
  return (body as { info: { spend: number } }).info.spend;
}

async function metric(name: string): Promise<number> {
  const [opsUrl = ''] = system.opsUrlsOf('gateway');
  const text = await (await fetch(`${opsUrl}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** What signalbox-verify says of the decision records of an end user. */
async function verifiedExport(endUserId: string): Promise<string> {
  const { body: lines } = await first(`/decisions/export?end_user=${endUserId}`);
  const { body: pem } = await first('/decisions/public-key');
  await Promise.all([
    writeFile(path.join(folder, 'export.jsonl'), String(lines)),
    writeFile(path.join(folder, 'pub.pem'), String(pem)),
  ]);
  return spawnSync(process.execPath, [verifyCommand, 'export.jsonl', '--key', 'pub.pem'], {
    cwd: folder,
    encoding: 'utf8',
  }).stdout;
}

describe('a gateway that is killed', () => {
  it('in the middle of a call loses that call, whose reservation stands until its lease ends', async () => {
    const { body } = await first('/key/generate', { max_budget: 10 });
    const { key } = body as { key: string };
    upstream.next('narrow', { latencyMs: 600_000 });
    const cutOff = second('/v1/chat/completions', chat('narrow'), { key }).catch(() => 'cut off');
    await upstream.until('narrow', (requests) => requests.length === 1);
    await system.kill('gateway', 2);
    expect(await cutOff).toBe('cut off');
    expect((await first('/v1/chat/completions', chat('narrow'))).status).toBe(429);
    const reserved = await spentOf(key);
    expect(reserved).toBeGreaterThan(0);

    // The timeout of the deployment and half a minute later its slot is free.
    await expect
      .poll(async () => (await first('/v1/chat/completions', chat('narrow'))).status, patience)
      .toBe(200);
    await expect.poll(() => countedOf('narrow'), patience).toMatchObject({ requests: 1, total_tokens: 9 });
    // Nobody knows what the provider asks for it: the estimate stays spent.
    expect(await spentOf(key)).toBe(reserved);
  });

  it('while NATS is away loses nothing of calls that were answered', async () => {
    upstream.always('plain', { latencyMs: 1_000, chunks: 7 });
    const calls = Array.from({ length: 20 }, (_, index) =>
      first('/v1/chat/completions', chat('plain', { stream: index % 2 === 0, user: 'carried' })),
    );
    await upstream.until('plain', (requests) => requests.length === 20);
    await system.servers.killServer('nats');
    const answers: ApiAnswer[] = await Promise.all(calls);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    // What is refused meanwhile before anybody has to be asked has a record too.
    const headers = { 'x-litellm-customer-id': 'carried' };
    const refused = Array.from({ length: 200 }, () => first('/v1/chat/completions', '{', { headers }));
    expect((await Promise.all(refused)).every(({ status }) => status === 400)).toBe(true);
    await expect.poll(() => metric('signalbox_usage_spilled_total'), patience).toBe(20);
    await expect.poll(() => metric('signalbox_decision_spilled_total'), patience).toBe(220);
    await system.kill('gateway', 1);
    await system.servers.startServer('nats');
    await system.revive('gateway', 1);
    await expect.poll(() => countedOf('plain'), patience).toMatchObject({ requests: 20, total_tokens: 180 });
    await expect.poll(() => metric('signalbox_usage_spilled_bytes'), patience).toBe(0);
    await expect
      .poll(() => verifiedExport('carried'), patience)
      .toContain('GENUINE: export.jsonl holds all 220 records of end_user:carried ');
  });
});
