// Real: nats-server, redis-server and Postgres, started and stopped on free loopback ports.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identifyProcess } from '../processes/process-identity.js';
import { startNats } from './nats.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { ensureServerBinaries, type ServerBinary } from './server-binaries.js';

const checkoutData = path.resolve(import.meta.dirname, '../../../../.signalbox');
let directory: string;
let binaries: { nats: ServerBinary; redis: ServerBinary };

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-servers-'));
  await chmod(directory, 0o755);
  binaries = await ensureServerBinaries({ dataDirectory: checkoutData });
}, 120_000);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Sends a line and resolves with the first bytes that come back. */
function firstAnswer(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(line));
    socket.once('error', reject);
    socket.setEncoding('utf8').once('data', (text: string) => {
      socket.destroy();
      resolve(text);
    });
  });
}

it('starts NATS with JetStream and room for large messages, and stops it', async () => {
  const nats = await startNats({ binary: binaries.nats, directory: path.join(directory, 'nats') });
  const info = await firstAnswer(nats.port, '');
  expect(info).toContain('"jetstream":true');
  expect(info).toContain(`"max_payload":${8 * 1024 * 1024}`);
  await nats.stop();
  await nats.stop();
  expect(await identifyProcess(nats.pid)).toBeUndefined();
});

it('starts Redis and keeps its data for the next start', async () => {
  const options = { binary: binaries.redis, directory: path.join(directory, 'redis') };
  const first = await startRedis(options);
  expect(await firstAnswer(first.port, 'SET signal green\r\n')).toBe('+OK\r\n');
  await first.stop();
  const second = await startRedis(options);
  expect(await firstAnswer(second.port, 'GET signal\r\n')).toContain('green');
  await second.stop();
});

it('says so when a fixed port is in use', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  const { port } = squatter.address() as AddressInfo;
  const start = startRedis({ binary: binaries.redis, directory: path.join(directory, 'squatted'), port });
  await expect(start).rejects.toThrow(`Redis cannot listen on port ${port}: it is in use.`);
  squatter.close();
});

it('reports a server that ends by itself', async () => {
  const nats = await startNats({ binary: binaries.nats, directory: path.join(directory, 'killed') });
  process.kill(nats.pid, 'SIGKILL');
  expect(await nats.failed).toContain('NATS ended by SIGKILL');
});

it('starts Postgres, makes the database, and starts over the lock file of a dead server', async () => {
  const options = { directory: path.join(directory, 'postgres'), durable: false };
  const first = await startPostgres(options);
  const client = new pg.Client({ connectionString: first.url });
  await client.connect();
  await client.query('CREATE TABLE signals (name text)');
  await client.end();
  await first.stop();

  // Some other process has the id that the dead server's lock file names.
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  await writeFile(
    path.join(options.directory, 'postmaster.pid'),
    `${bystander.pid ?? 0}\n${options.directory}\n`,
  );
  const second = await startPostgres(options);
  const again = new pg.Client({ connectionString: second.url });
  await again.connect();
  expect((await again.query('SELECT count(*)::int AS n FROM signals')).rows).toEqual([{ n: 0 }]);
  await again.end();
  await second.stop();
  expect(bystander.exitCode).toBeNull();
  bystander.kill();
});

it.runIf(process.getuid?.() === 0)('moves to /var/tmp when its user may not enter the folder', async () => {
  const locked = path.join(directory, 'locked');
  await mkdir(locked, { mode: 0o700 });
  const said: string[] = [];
  const say = (text: string): number => said.push(text);
  const postgres = await startPostgres({ directory: path.join(locked, 'postgres'), durable: false, say });
  await postgres.stop();
  const refuge = /kept in (\/var\/tmp\/signalbox-[0-9a-f]+)\/postgres/.exec(said.join('\n'))?.[1];
  expect(refuge).toBeDefined();
  await rm(refuge ?? '', { recursive: true, force: true });
});
