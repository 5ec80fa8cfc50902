import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it, vi } from 'vitest';

// The real lint configuration and the real project graph. No file is written: ESLint is told that these texts
// are the contents of files that exist, so a lint running at the same time sees nothing of it.

const root = fileURLToPath(new URL('../../', import.meta.url));
const gateway = 'apps/gateway/src/index.ts';
const routing = 'libs/routing/src/index.ts';
// Of what the tests of others need, nothing needs it: importing the others is no circle.
const records = 'libs/decision-records/src/index.ts';
const messaging = 'libs/messaging/src/index.ts';
const contracts = 'libs/contracts/src/index.ts';
const sdk = 'libs/sdk/src/index.ts';
let eslint: ESLint;

// The first text waits for the types of the whole project.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

beforeAll(async () => {
  // Without a project graph the rule lets everything pass, with a warning only.
  await promisify(execFile)(process.execPath, ['node_modules/.bin/nx', 'show', 'projects'], {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  eslint = new ESLint({ cwd: root });
});

async function boundaryFaults(file: string, imported: string): Promise<string[]> {
  const text = `import * as something from '${imported}';\nexport { something };\n`;
  const [result] = await eslint.lintText(text, { filePath: `${root}${file}` });
  const messages = result?.messages ?? [];
  expect(messages.filter((message) => message.fatal)).toEqual([]);
  return messages
    .filter((message) => message.ruleId === '@nx/enforce-module-boundaries')
    .map((message) => message.message);
}

describe('module boundaries', () => {
  it.each([
    ['an app imports another app', gateway, '@signalbox/router-app', '"type:app" can only depend on'],
    ['a lib imports an app', records, '@signalbox/identity-app', '"type:pure" can only depend on'],
    ['a pure lib imports an infra lib', records, '@signalbox/rate-limits', '"type:pure" can only depend on'],
    ['contracts import anything of ours', contracts, '@signalbox/platform', 'Circular dependency'],
    ['a pure lib imports a Redis client', routing, 'ioredis', 'not allowed to import "ioredis"'],
    ['a pure lib imports NestJS', routing, '@nestjs/common', 'not allowed to import "@nestjs/common"'],
    ['contracts import a YAML parser', contracts, 'yaml', 'not allowed to import "yaml"'],
    ['an app imports a test tool', gateway, 'autocannon', 'not allowed to import "autocannon"'],
    ['an app imports the library for others', gateway, '@signalbox/router', '"type:app" can only depend on'],
    ['the library for others imports an app', sdk, '@signalbox/usage-app', '"type:sdk" can only depend on'],
    ['the library for others imports a Redis client', sdk, 'ioredis', 'not allowed to import "ioredis"'],
    [
      'a lib reaches into an app by path',
      routing,
      '../../../apps/router/src/index.js',
      'relative or absolute path',
    ],
  ])('fails lint when %s', async (_case, file, imported, message) => {
    expect(await boundaryFaults(file, imported)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    [gateway, '@signalbox/messaging'],
    [routing, '@signalbox/contracts'],
    [messaging, '@nats-io/transport-node'],
    [contracts, 'zod'],
    [sdk, 'openai/streaming'],
  ])('lets %s import %s', async (file, imported) => {
    expect(await boundaryFaults(file, imported)).toEqual([]);
  });
});
