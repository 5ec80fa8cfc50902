// Real: Postgres, started here. Nothing is fake.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseFailure } from './database-failure.js';
import { createDatabase, pingDatabase, type Database } from './database.js';
import { migrate } from './migrate.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from './throwaway-postgres.fixture.js';

let postgres: ThrowawayPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  const url = postgres.url('signalbox');
  await migrate({ url });
  database = createDatabase({ url, maxConnections: 2 });
});
afterAll(async () => {
  await database.$disconnect();
  await postgres.stop();
});

async function failureOf(query: Promise<unknown>): Promise<string> {
  return query.then(
    () => 'none',
    (error: unknown) => databaseFailure(error),
  );
}

describe('databaseFailure', () => {
  it('calls a second record of one id a duplicate', async () => {
    await database.endUser.create({ data: { id: 'twice' } });
    expect(await failureOf(database.endUser.create({ data: { id: 'twice' } }))).toBe('duplicate');
  });

  it('calls a row that is not there, or points to one that is not, missing', async () => {
    const data = { hash: 'a'.repeat(64), name: 'sk-...aaaa', teamId: 'nobody' };
    expect(await failureOf(database.apiKey.create({ data }))).toBe('missing');
    expect(await failureOf(database.team.update({ where: { id: 'nobody' }, data: {} }))).toBe('missing');
  });

  it('calls text that Postgres cannot store invalid', async () => {
    expect(await failureOf(database.endUser.create({ data: { id: 'a\u0000b' } }))).toBe('invalid');
    expect(await failureOf(database.endUser.create({ data: { id: 'a'.repeat(600) } }))).toBe('invalid');
    const allowedRegion = ['e\u0000u'];
    expect(await failureOf(database.endUser.create({ data: { id: 'b', allowedRegion } }))).toBe('invalid');
  });

  it('calls a query that takes too long unavailable', async () => {
    const hasty = createDatabase({ url: postgres.url('signalbox'), statementTimeoutMs: 50 });
    expect(await failureOf(hasty.$queryRaw`SELECT pg_sleep(60)::text`)).toBe('unavailable');
    await hasty.$disconnect();
  });

  it('calls a Postgres that is away unavailable, in whatever way it is asked', async () => {
    const away = createDatabase({ url: 'postgresql://postgres@127.0.0.1:1/signalbox' });
    expect(await failureOf(away.team.findMany())).toBe('unavailable');
    expect(await failureOf(away.$transaction((transaction) => transaction.team.findMany()))).toBe(
      'unavailable',
    );
    expect(await failureOf(pingDatabase(away))).toBe('unavailable');
    await away.$disconnect();
  });

  it('calls a Postgres that takes the connection and then says nothing unavailable', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const url = `postgresql://postgres@127.0.0.1:${port}/signalbox`;
    const waiting = createDatabase({ url, connectionTimeoutMs: 50 });
    expect(await failureOf(waiting.team.findMany())).toBe('unavailable');
    await waiting.$disconnect();
    silent.close();
  });

  it('calls a pool with no free connection unavailable', async () => {
    const url = postgres.url('signalbox');
    const narrow = createDatabase({ url, maxConnections: 1, connectionTimeoutMs: 50 });
    await narrow.$transaction(async (holder) => {
      await holder.team.count();
      expect(await failureOf(narrow.team.findMany())).toBe('unavailable');
    });
    await narrow.$disconnect();
  });

  it('calls our own mistakes unexpected', () => {
    expect(databaseFailure(new TypeError('x is undefined'))).toBe('unexpected');
  });
});

describe('createDatabase', () => {
  it('goes on by itself after its connections were cut', async () => {
    const other = createDatabase({ url: postgres.url('signalbox'), maxConnections: 1 });
    await other.$queryRaw`SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
      WHERE datname = 'signalbox' AND pid <> pg_backend_pid()`;
    await expect.poll(() => failureOf(pingDatabase(database))).toBe('none');
    await other.$disconnect();
  });
});
