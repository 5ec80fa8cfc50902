import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@signalbox/local-stack';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiCaller, chat } from './api-caller.js';
import { CommandRun, descendantsOf, stillRunning } from './command-run.js';

// Real: `npm start` as a user types it, with NATS, Redis and Postgres of its own, in a data folder of its own.

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const runs: CommandRun[] = [];
let data: string;

beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'signalbox-start-'));
  // As root Postgres runs as another user; where that one may not pass, its data would go to /var/tmp and stay.
  await chmod(data, 0o755);
  // Servers that were fetched for this checkout are not fetched again for every test.
  const fetched = path.join(checkout, '.signalbox', 'servers');
  if (existsSync(fetched)) await symlink(fetched, path.join(data, 'servers'));
});
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.interrupt();
    await run.ended();
  }
  await rm(data, { recursive: true, force: true });
});

function npmStart(...flags: string[]): CommandRun {
  const unset = { NATS_URL: '', REDIS_URL: '', DATABASE_URL: '' };
  return new CommandRun('npm', ['start', '--', '--data', data, ...flags], unset);
}

async function running(...flags: string[]): Promise<{ run: CommandRun; url: string }> {
  const run = npmStart(...flags);
  runs.push(run);
  const [, url = ''] = await run.says(/Signalbox is ready: (http:\/\/\S+)/);
  await run.says(/Ctrl-C/);
  return { run, url };
}

async function stopped(run: CommandRun): Promise<number | null> {
  runs.splice(runs.indexOf(run), 1);
  run.interrupt();
  return run.ended();
}

describe('npm start', () => {
  it('serves the call that it prints, stops at Ctrl-C, leaves nothing running, and starts again', async () => {
    const port = await freePort();
    const { run, url } = await running('--port', String(port));
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(run.said).toContain(`curl ${url}/v1/chat/completions`);
    const call = apiCaller(url);
    expect((await call('/v1/chat/completions', chat('gpt-3.5-turbo'))).status).toBe(200);
    await call('/end_user/new', { user_id: 'kept', allowed_model_region: 'eu' });
    const started = descendantsOf(run.pid);
    expect(started.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['nats-server', 'redis-server', 'postgres']),
    );
    expect(started.filter(({ name }) => /node|MainThread/.test(name)).length).toBeGreaterThan(5);
    expect(await stopped(run)).toBe(0);
    expect(stillRunning(started)).toEqual([]);

    const again = await running('--port', String(port));
    expect((await call('/end_user/info?end_user_id=kept')).body).toMatchObject({
      allowed_model_region: 'eu',
    });
    expect(await stopped(again.run)).toBe(0);
  });

  it('starts as many processes as told, gateways on consecutive ports', async () => {
    const port = await freePort();
    const { run } = await running(
      '--port',
      String(port),
      '--replicas',
      'gateway=2,router=2,usage=2',
      '--quiet',
    );
    for (const url of [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`]) {
      expect((await apiCaller(url)('/health/readiness')).status).toBe(200);
    }
    expect(run.said).not.toContain('NATS, Redis and Postgres');
    expect(await stopped(run)).toBe(0);
  });

  it('clears away what a killed start left, and starts', async () => {
    const { run } = await running('--port', '0');
    runs.splice(runs.indexOf(run), 1);
    const left = descendantsOf(run.pid);
    expect(left.length).toBeGreaterThan(5);
    process.kill(-run.pid, 'SIGKILL');
    await run.ended();
    const { run: second, url } = await running('--port', '0');
    expect((await apiCaller(url)('/v1/chat/completions', chat('gpt-3.5-turbo'))).status).toBe(200);
    expect(stillRunning(left)).toEqual([]);
    expect(await stopped(second)).toBe(0);
  });
});

describe('npm start says in one sentence', () => {
  it('that the port is taken', async () => {
    const server = await listen();
    const { port } = server.address() as AddressInfo;
    const run = npmStart('--port', String(port));
    expect(await run.ended()).toBe(1);
    expect(run.said).toMatch(new RegExp(`Port ${port} .*--port`));
    expectNoStack(run.said);
    server.close();
  });

  it('that the data folder is in use', async () => {
    await running('--port', '0');
    const second = npmStart('--port', '0');
    expect(await second.ended()).toBe(1);
    expect(second.said).toMatch(/in use by another Signalbox \(process \d+\)/);
    expectNoStack(second.said);
  });

  it('what is wrong with the configuration, all of it, with places', async () => {
    const file = path.join(data, 'config.yaml');
    await writeFile(
      file,
      `model_list:
  - model_name: a
    litellm_params: { model: openai/x, api_key: os.environ/NO_SUCH_VARIABLE, rpm: many }
general_settings: { master_key: not-a-key }
`,
    );
    const run = npmStart('--config', file);
    expect(await run.ended()).toBe(1);
    expect(run.said).toMatch(
      /config\.yaml:3:\d+ model_list\[0\]\.litellm_params\.api_key: .*NO_SUCH_VARIABLE/,
    );
    expect(run.said).toMatch(/litellm_params\.rpm/);
    expect(run.said).toMatch(/general_settings\.master_key/);
    expectNoStack(run.said);
  });

  it('that there is no such configuration, flag or server', async () => {
    const missing = npmStart('--config', path.join(data, 'nothing.yaml'));
    expect(await missing.ended()).toBe(1);
    expect(missing.said).toContain('There is no configuration file');

    const flag = npmStart('--prot', '4000');
    expect(await flag.ended()).toBe(1);
    expect(flag.said).toContain('There is no flag --prot');

    const server = new CommandRun('npm', ['start', '--', '--data', data, '--port', '0'], {
      NATS_URL: 'nats://127.0.0.1:1',
    });
    expect(await server.ended()).toBe(1);
    expect(server.said).toContain('NATS_URL names a NATS at 127.0.0.1:1 that cannot be reached');
    for (const run of [missing, flag, server]) expectNoStack(run.said);
  });
});

function expectNoStack(said: string): void {
  expect(said).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
}

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}
