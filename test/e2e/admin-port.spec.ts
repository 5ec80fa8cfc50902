import { freePort } from '@signalbox/local-stack';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: the whole system, with an admin API at a port of its own. Fake: the provider.

let upstream: FakeUpstream;
let system: Signalbox;
let publicPort: ApiCaller;
let adminPort: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const port = await freePort();
  system = await startSignalbox({
    environment: { ADMIN_PORT: String(port) },
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, api_base: "${upstream.siteUrl('eu')}/v1", api_key: sk-up } }
general_settings: { master_key: ${MASTER_KEY}, admin_port: os.environ/ADMIN_PORT, admin_host: 127.0.0.1 }
`,
  });
  publicPort = apiCaller(system.url);
  adminPort = apiCaller(`http://127.0.0.1:${port}`);
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

it('makes a key at the admin port that calls at the public one', async () => {
  const { status, body } = await adminPort('/key/generate', {});
  expect(status).toBe(200);
  const { key } = body as { key: string };
  expect((await publicPort('/v1/chat/completions', chat('gpt-4o'), { key })).status).toBe(200);
  expect((await adminPort('/v1/chat/completions', chat('gpt-4o'), { key })).status).toBe(404);
});

it('shows nothing of the admin API at the public port', async () => {
  const { paths } = (await adminPort('/docs-json')).body as { paths: Record<string, object> };
  // What makes calls, and what needs no key.
  const shown =
    /^\/(v1\/|v2\/model\/|router\/|queue\/|chat\/|engines\/|openai\/|completions|embeddings|responses|moderations|images\/|audio\/|models?$|model\/info|health\/|metrics|decisions\/public-key$)/;
  const admin = Object.keys(paths).filter((path) => !shown.test(path));
  expect(admin).toContain('/key/generate');
  const unknown = await publicPort('/no/such/route', {});
  for (const path of admin) {
    const address = path.replaceAll(/\{\w+\}/g, 'x');
    for (const answer of [await publicPort(address), await publicPort(address, {})]) {
      expect([path, answer.status, answer.body]).toEqual([path, 404, unknown.body]);
    }
  }
});
