/** Real: HTTP, the whole gateway, NATS with JetStream, files. Fake: what router, identity and provider say. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decisionRecorded, usageRecorded } from '@signalbox/contracts';
import { createLogger } from '@signalbox/platform';
import { aDeployment } from '@signalbox/routing/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { chatEvent, FakeProvider, usageEvent } from '../spec-support/fake-provider.js';
import { GatewayUnderTest, type GatewayWords } from '../spec-support/gateway-under-test.js';
import { BatchSpill } from './spill/batch-spill.js';

const logger = createLogger({ service: 'spec', level: 'silent' });
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }] };
const patience = { timeout: 15_000, interval: 50 };
let provider: FakeProvider;
let under: GatewayUnderTest;
let directory: string;

beforeEach(async () => {
  provider = await FakeProvider.start();
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-usage-'));
});
afterEach(async () => {
  await under.stop();
  await provider.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(words: Partial<GatewayWords>): Promise<void> {
  const deployments = [aDeployment({ id: 'one', upstream: { apiBase: provider.apiBase('one') } })];
  under = await GatewayUnderTest.start({ deployments, ...words });
}

it('keeps on disk what calls under way use when NATS is killed, and hands it over when it is back', async () => {
  const usageSpill = await BatchSpill.open(usageRecorded, { directory, maxBytes: 1_000_000, logger });
  await start({ usageSpill });
  let finish = (): void => undefined;
  provider.on('one', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${chatEvent('Hel')}\n\n`);
    finish = () => response.end(`data: ${usageEvent}\n\ndata: [DONE]\n\n`);
  });
  const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
  await under.nats.kill();
  finish();
  expect(await response.text()).toContain('[DONE]');
  await vi.waitFor(() => {
    expect(usageSpill.bytes).toBeGreaterThan(0);
  }, patience);
  await under.nats.restart();
  await vi.waitFor(() => {
    expect(usageSpill.bytes).toBe(0);
    expect(under.services.usage).toHaveLength(1);
  }, patience);
  expect(under.services.usage[0]?.tokens).toMatchObject({ total: 7, source: 'provider' });
});

it('keeps on disk why calls are refused while NATS is away, many more than memory holds, and hands each over once', async () => {
  const decisionSpill = await BatchSpill.open(decisionRecorded, { directory, maxBytes: 10_000_000, logger });
  await start({ decisionSpill, general: { decisionRecords: 'all' }, limits: { usageCapacity: 10 } });
  await under.nats.kill();
  const ids: (string | null)[] = [];
  for (let call = 0; call < 50; call += 1) {
    // Full for a moment, the next refusal waits for the disk, as a client would.
    await vi.waitFor(async () => {
      const refused = await under.post('/v1/chat/completions', '{');
      expect(refused.status).toBe(400);
      const id = refused.headers.get('x-signalbox-decision-id');
      expect(id).not.toBeNull();
      ids.push(id);
    }, patience);
  }
  await under.nats.restart();
  await vi.waitFor(() => {
    expect(decisionSpill.bytes).toBe(0);
    expect(under.services.decisions.map(({ decisionId }) => decisionId).sort()).toEqual(ids.sort());
  }, patience);
});

it('refuses calls before any provider hears of them while their usage could not be kept', async () => {
  await start({ limits: { usageCapacity: 1 } });
  // As when the disk of NATS is full: it passes messages on and stores none.
  await under.bus.ensureStream(usageRecorded, { maxBytes: 1 });
  await (await under.post('/v1/chat/completions', chat)).text();
  await vi.waitFor(() => {
    expect(under.gateway.readiness.checks()).toContainEqual({ name: 'usage', ok: false });
  }, patience);
  const refused = await under.post('/v1/chat/completions', chat);
  expect([refused.status, await refused.json()]).toMatchObject([
    503,
    { error: { message: 'Usage cannot be recorded now.' } },
  ]);
  expect([provider.calls('one').length, under.services.asked.length]).toEqual([1, 1]);
  await under.bus.ensureStream(usageRecorded);
  await vi.waitFor(() => {
    expect(under.gateway.readiness.checks()).toContainEqual({ name: 'usage', ok: true });
    expect(under.services.usage).toHaveLength(1);
  }, patience);
  expect((await under.post('/v1/chat/completions', chat)).status).toBe(200);
});

it('serves calls whose usage cannot be kept where that is wanted', async () => {
  await start({ limits: { usageCapacity: 1 }, general: { usageWhenFull: 'serve_unbilled' } });
  await under.bus.ensureStream(usageRecorded, { maxBytes: 1 });
  const statuses: number[] = [];
  for (let index = 0; index < 3; index += 1)
    statuses.push((await under.post('/v1/chat/completions', chat)).status);
  expect(statuses).toEqual([200, 200, 200]);
  expect(under.gateway.readiness.checks()).toContainEqual({ name: 'usage', ok: true });
});
