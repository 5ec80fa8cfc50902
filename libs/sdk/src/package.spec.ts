/** Real: npm, an empty project, the packed library in it, Node, the TypeScript compiler, Redis. Pretended: the providers. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile, copyFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { connectRedis } from '@signalbox/rate-limits';
import { startFakeUpstream, type FakeUpstream } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestRedis, type TestRedis } from './spec-support/start-test-redis.js';
import { version } from './version.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const sdk = path.resolve(import.meta.dirname, '..');
const root = path.resolve(sdk, '../..');
let project: string;
let upstream: FakeUpstream;
let redis: TestRedis;
let manifest: Manifest;

const installed = (...names: string[]): string =>
  path.join(project, 'node_modules/@signalbox/router', ...names);
const readJson = async <Shape>(file: string): Promise<Shape> =>
  JSON.parse(await readFile(file, 'utf8')) as Shape;

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'signalbox-package-'));
  [upstream, redis] = await Promise.all([startFakeUpstream(), startTestRedis()]);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: sdk });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as { filename: string }[];
  await writeFile(path.join(project, 'package.json'), '{"private": true, "type": "module"}');
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed?.filename ?? ''}`];
  await run('npm', install, { cwd: project });
  manifest = await readJson(installed('package.json'));
});
afterAll(async () => {
  await Promise.all([upstream.stop(), redis.stop(), rm(project, { recursive: true, force: true })]);
});

describe('the package', () => {
  it('holds what it exports and what its code reads, and nothing else', async () => {
    const files = (await readdir(installed(), { recursive: true })).filter((name) => /\.\w+$/.test(name));
    expect(files.filter((name) => !name.startsWith('lua/')).sort()).toEqual([
      'README.md',
      'dist/attempt-usage.d.ts',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/index.js.map',
      'dist/router-options-error.d.ts',
      'dist/router-options.d.ts',
      'dist/router.d.ts',
      'package.json',
    ]);
    expect(files).toContain('lua/admit-n.lua');
  });

  it('is made of the libs alone that a process without services needs', async () => {
    const { sources } = await readJson<{ sources: string[] }>(installed('dist/index.js.map'));
    const libs = new Set(sources.map((source) => source.split('/src/')[0]?.split('/').at(-1) ?? ''));
    for (const lib of ['testing', 'local-stack', 'messaging', 'platform', 'database'])
      expect(libs).not.toContain(lib);
    expect(libs).toContain('rate-limits');
  });

  it('depends on what it imports, in the versions that are tested here', async () => {
    const code = await readFile(installed('dist/index.js'), 'utf8');
    const imported = [
      ...code.matchAll(/^import\b.* from "([^"]+)";$|^import "([^"]+)";$|\bimport\("([^"]+)"\)/gm),
    ]
      .map(([, from, bare, later]) => from ?? bare ?? later ?? '')
      .filter((name) => !isBuiltin(name));
    const depended = { ...manifest.dependencies, ...manifest.peerDependencies };
    const names = imported.map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
    expect([...new Set(names)].sort()).toEqual(Object.keys(depended).sort());
    const workspace = await readJson<Manifest>(path.join(root, 'package.json'));
    const tested = { ...workspace.dependencies, ...workspace.devDependencies };
    expect(depended).toEqual(
      Object.fromEntries(Object.keys(depended).map((name) => [name, `^${tested[name] ?? ''}`])),
    );
  });

  it('knows its version', () => {
    expect(manifest.version).toBe(version);
  });

  it('shows the types of nothing that is not in it', async () => {
    const declarations = (await readdir(installed('dist'))).filter((name) => name.endsWith('.d.ts'));
    for (const name of declarations) {
      const text = await readFile(installed('dist', name), 'utf8');
      const foreign = [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, from]) => from);
      expect(foreign.filter((from) => from !== 'openai' && from !== 'openai/streaming')).toEqual([]);
    }
  });
});

/** What the types promise, said to the compiler. */
const typed = `import type OpenAI from 'openai';
import { Router } from '@signalbox/router';
declare const router: Router;
const call = { model: 'm', messages: [] };
export const whole: Promise<OpenAI.ChatCompletion> = router.chatCompletion(call);
export const pieces: Promise<AsyncIterable<OpenAI.ChatCompletionChunk>> = router.chatCompletion({ ...call, stream: true });
export const vectors: Promise<OpenAI.CreateEmbeddingResponse> = router.embedding({ model: 'm', input: 'x' });
// @ts-expect-error a call names its model
void router.chatCompletion({ messages: [] });
// @ts-expect-error a setting that does not exist
new Router({ modelList: [], numRetrys: 1 });
`;

/** The examples of a page, as one program. */
async function examplesOf(page: string): Promise<string> {
  const text = await readFile(path.join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(0);
  return blocks.join('');
}

describe('in an empty project', () => {
  beforeAll(async () => {
    await copyFile(path.join(sdk, 'examples/quick-start.ts'), path.join(project, 'quick-start.ts'));
    await writeFile(path.join(project, 'typed.ts'), typed);
    await writeFile(path.join(project, 'readme.ts'), await examplesOf('libs/sdk/README.md'));
    await writeFile(path.join(project, 'guide.ts'), await examplesOf('docs/sdk.md'));
  });

  it('the quick start and all examples compile under the strictest settings, with the types of OpenAI', async () => {
    const files = ['quick-start.ts', 'typed.ts', 'readme.ts', 'guide.ts'];
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      noEmit: true,
      typeRoots: [path.join(root, 'node_modules/@types')],
      types: ['node'],
    };
    await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const { stdout } = await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc')], {
      cwd: project,
    });
    expect(stdout).toBe('');
  });

  it.each([
    ['without Redis', {}],
    ['with Redis', { REDIS_HOST: '127.0.0.1' }],
  ])('the quick start runs, and ends, %s', async (_how, redisVariables) => {
    const { stdout } = await run(process.execPath, ['quick-start.ts'], {
      cwd: project,
      env: {
        AZURE_API_KEY: 'azure-key',
        AZURE_API_VERSION: '2024-10-21',
        AZURE_API_BASE: upstream.siteUrl('azure'),
        OPENAI_API_KEY: 'openai-key',
        OPENAI_API_BASE: upstream.siteUrl('openai'),
        REDIS_PORT: String(redis.port),
        ...redisVariables,
      },
    });
    expect(stdout).toMatch(
      /Hello from (azure|openai).*how's it going.*\nHello from (azure|openai).*in pieces/,
    );
    const client = connectRedis({ url: redis.url, name: 'spec', onError: () => undefined });
    expect((await client.dbsize()) > 0).toBe('REDIS_HOST' in redisVariables);
    client.disconnect();
  });
});
