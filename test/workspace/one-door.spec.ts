import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it, vi } from 'vitest';

// The real lint configuration. No file is written: ESLint is told that these texts are the contents of files that exist.

const root = fileURLToPath(new URL('../../', import.meta.url));
const gateway = 'apps/gateway/src/health/deployment-health.ts';
const router = 'apps/router/src/decision-service.ts';
const calls = 'libs/calls/src/model-run.ts';
const providers = 'libs/providers/src/request/upstream-url.ts';
const routing = 'libs/routing/src/judge.ts';
const sdk = 'libs/sdk/src/router.ts';
const doorRules = [
  'no-restricted-globals',
  'no-restricted-syntax',
  '@typescript-eslint/no-restricted-imports',
];
let eslint: ESLint;

// The first text waits for the types of the whole project.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

beforeAll(() => {
  eslint = new ESLint({ cwd: root });
});

async function faultsIn(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: `${root}${file}` });
  const messages = result?.messages ?? [];
  expect(messages.filter((message) => message.fatal)).toEqual([]);
  return messages
    .filter(({ ruleId }) => ruleId !== null && doorRules.includes(ruleId))
    .map(({ message }) => message);
}

describe('connections to providers', () => {
  it.each([
    [gateway, "export const answer = fetch('https://api.openai.com/v1/models');"],
    [gateway, "export const answer = globalThis.fetch('https://api.openai.com/v1/models');"],
    [gateway, "import { request } from 'undici';\nexport { request };"],
    [gateway, "import { Agent } from 'undici';\nexport const agent = new Agent();"],
    [gateway, "import * as http from 'node:http';\nexport { http };"],
    [gateway, "import { get } from 'http';\nexport { get };"],
    [gateway, 'declare const pool: { dispatch(options: object): void };\npool.dispatch({});'],
    [gateway, 'declare const pool: { request(options: object): void };\npool.request({});'],
    [gateway, "export const way = import('undici');"],
    [router, "import { connect } from 'node:net';\nexport { connect };"],
    [calls, "import { request } from 'node:https';\nexport { request };"],
    [calls, "import { openUpstream } from './upstream/open-upstream.js';\nexport { openUpstream };"],
    [calls, "import { ProbePermit } from './upstream/permit.js';\nexport { ProbePermit };"],
    [providers, "import { connect } from 'node:tls';\nexport { connect };"],
    [providers, "export const answer = globalThis.fetch('https://api.openai.com/v1/models');"],
    [routing, "export const socket = new WebSocket('wss://api.openai.com');"],
    [sdk, "export const answer = fetch('https://api.openai.com/v1/models');"],
  ])('are opened by one door: in %s lint refuses %s', async (file, text) => {
    expect(await faultsIn(file, text)).toHaveLength(1);
  });

  it.each([
    [gateway, "import type { Dispatcher } from 'undici';\nexport type { Dispatcher };"],
    [gateway, "import { createServer } from 'node:http';\nexport { createServer };"],
    [calls, "import type { Permit } from './upstream/permit.js';\nexport type { Permit };"],
    [
      'libs/calls/src/attempt.ts',
      "import { openUpstream } from './upstream/open-upstream.js';\nexport { openUpstream };",
    ],
  ])('are not what %s is about with %s', async (file, text) => {
    expect(await faultsIn(file, text)).toEqual([]);
  });
});
