// Real: NATS, Redis and Postgres.
import { connect } from 'node:net';
import pg from 'pg';
import { expect, it } from 'vitest';
import { startServers } from './start-servers.js';
import { startTestPostgres } from './test-postgres.js';

function canConnect(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

async function tablesOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  await client.end();
  return rows.map((row) => row.name);
}

it('gives every caller servers and a migrated database of its own, and leaves nothing behind', async () => {
  const stopPostgres = await startTestPostgres();
  const [one, other] = await Promise.all([startServers(), startServers()]);
  const urls = [one, other].flatMap((servers) => [servers.natsUrl, servers.redisUrl, servers.databaseUrl]);
  expect(new Set(urls).size).toBe(6);
  expect(await tablesOf(one.databaseUrl)).toContain('_prisma_migrations');
  await Promise.all([one.stop(), other.stop()]);
  expect(await Promise.all([one.natsUrl, other.redisUrl].map(canConnect))).toEqual([false, false]);
  await stopPostgres();
  expect(await canConnect(one.databaseUrl)).toBe(false);
});

it('takes a server away and brings it back on the same port', async () => {
  const servers = await startServers();
  await servers.stopServer('redis');
  expect(await canConnect(servers.redisUrl)).toBe(false);
  await servers.startServer('redis');
  expect(await canConnect(servers.redisUrl)).toBe(true);
  await servers.stop();
  expect(await canConnect(servers.databaseUrl)).toBe(false);
});
