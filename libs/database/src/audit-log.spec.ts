// Real: Postgres, started here, and the triggers of prisma/migrations. Nothing is fake.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from './database.js';
import { migrate } from './migrate.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from './throwaway-postgres.fixture.js';

/** Tables that nobody governs: what services write down of what happened. */
const notAudited = [
  '_prisma_migrations',
  'audit_log',
  'usage_attempts',
  'usage_daily',
  'usage_daily_all',
  'usage_daily_end_user',
  'usage_daily_tag',
  'decision_records',
  'decision_heads',
];

let postgres: ThrowawayPostgres;
let database: Database;
let actor: object | undefined;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  const url = postgres.url('signalbox');
  await migrate({ url });
  database = createDatabase({
    url,
    transactionSettings: () =>
      actor === undefined
        ? undefined
        : { 'signalbox.actor': JSON.stringify(actor), 'signalbox.other': "it's" },
  });
});
afterAll(async () => {
  await database.$disconnect();
  await postgres.stop();
});

/** Does something in somebody's name and returns what was written down about it. */
async function written(work: () => Promise<unknown>, by: object | null = { changedBy: 'ann' }) {
  const before = await database.auditEntry.count();
  actor = by ?? undefined;
  try {
    await work();
  } finally {
    actor = undefined;
  }
  return database.auditEntry.findMany({ orderBy: { position: 'asc' }, skip: before });
}

it('is kept of every table that operators govern', async () => {
  const unwatched = await database.$queryRaw`
    SELECT table_name::text FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> ALL(${notAudited})
      AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'audit_change' AND tgrelid = table_name::regclass)`;
  // A new table is missing here? Its migration ends with: SELECT audit_table('its_name', 'columns', 'of its id');
  expect(unwatched).toEqual([]);
});

describe('an entry', () => {
  it('says who, what, before and after, of each change', async () => {
    const made = await written(() => database.team.create({ data: { id: 'red', rpmLimit: 5 } }), {
      changedBy: 'ann',
      keyHash: 'a1',
      keyAlias: 'ops',
      requestId: 'r1',
    });
    expect(made).toEqual([
      expect.objectContaining({
        changedBy: 'ann',
        changedByKey: 'a1',
        changedByKeyAlias: 'ops',
        requestId: 'r1',
        action: 'created',
        tableName: 'teams',
        objectId: 'red',
        before: null,
        after: expect.objectContaining({ id: 'red', rpm_limit: 5 }) as unknown,
      }),
    ]);
    const [changed] = await written(() =>
      database.team.update({ where: { id: 'red' }, data: { rpmLimit: 6 } }),
    );
    expect(changed).toMatchObject({ action: 'updated', before: { rpm_limit: 5 }, after: { rpm_limit: 6 } });
    const [deleted] = await written(() => database.team.delete({ where: { id: 'red' } }));
    expect(deleted).toMatchObject({ action: 'deleted', before: { rpm_limit: 6 }, after: null });
  });

  it('calls a block, an unblock and a new id by their names', async () => {
    await database.apiKey.create({ data: { hash: 'a'.repeat(64), name: 'sk-...aaaa' } });
    const change = (data: { blocked?: boolean; hash?: string; alias?: string }) =>
      written(() => database.apiKey.update({ where: { hash: 'a'.repeat(64) }, data }));
    expect(await change({ blocked: true })).toMatchObject([{ action: 'blocked' }]);
    expect(await change({ blocked: false })).toMatchObject([{ action: 'unblocked' }]);
    expect(await change({ blocked: true, alias: 'a' })).toMatchObject([{ action: 'updated' }]);
    expect(await change({ hash: 'b'.repeat(64) })).toMatchObject([
      { action: 'rotated', objectId: 'a'.repeat(64), after: { hash: 'b'.repeat(64) } },
    ]);
  });

  it('is made of every row that a statement changes, and of what a deletion takes along', async () => {
    const entries = await written(async () => {
      await database.team.createMany({ data: [{ id: 'green' }, { id: 'blue' }] });
      await database.apiKey.create({ data: { hash: 'c'.repeat(64), name: 'sk-...cccc', teamId: 'green' } });
      await database.$executeRaw`DELETE FROM teams WHERE id IN ('green', 'blue')`;
    });
    expect(entries.map(({ action, objectId }) => `${action} ${objectId.slice(0, 5)}`).sort()).toEqual(
      [
        'created green',
        'created blue',
        'created ccccc',
        'deleted green',
        'deleted blue',
        'deleted ccccc',
      ].sort(),
    );
  });

  it('is not made when nothing changed, nor when nobody ordered it', async () => {
    await database.endUser.create({ data: { id: 'quiet' } });
    const update = () => database.endUser.update({ where: { id: 'quiet' }, data: { blocked: false } });
    expect(await written(update)).toEqual([]);
    expect(await written(() => database.endUser.create({ data: { id: 'met' } }), null)).toEqual([]);
  });

  it('holds no secret, however deep it lies', async () => {
    const metadata = {
      tags: ['free'],
      api_key: 'sk-1',
      max_tokens: 5,
      nothing: { password: null },
      logging: [{ callback_vars: { langfuse_secret_key: 'sk-2', host: 'h', 'api-key': 'x', apiKey: 'y' } }],
    };
    const [entry] = await written(() => database.team.create({ data: { id: 'secretive', metadata } }));
    expect(entry?.after).toMatchObject({
      metadata: {
        tags: ['free'],
        api_key: '***',
        max_tokens: 5,
        nothing: { password: null },
        logging: [
          { callback_vars: { langfuse_secret_key: '***', host: 'h', 'api-key': '***', apiKey: '***' } },
        ],
      },
    });
  });
});

describe('a change and its entry', () => {
  it('come together or not at all', async () => {
    const entries = await written(() =>
      database
        .$transaction(async (transaction) => {
          await transaction.team.create({ data: { id: 'never' } });
          await transaction.team.create({ data: { id: 'never' } });
        })
        .catch(() => undefined),
    );
    expect(entries).toEqual([]);
    expect(await database.team.findUnique({ where: { id: 'never' } })).toBeNull();
  });

  it('leave the actor behind with the transaction: the next one is nobody', async () => {
    const single = createDatabase({
      url: postgres.url('signalbox'),
      maxConnections: 1,
      transactionSettings: () =>
        actor === undefined ? undefined : { 'signalbox.actor': JSON.stringify(actor) },
    });
    const who = () =>
      single.$queryRaw`SELECT coalesce(current_setting('signalbox.actor', true), '') AS actor`;
    actor = { changedBy: 'ann' };
    const named = who();
    expect(await named).toEqual([{ actor: '{"changedBy":"ann"}' }]);
    await expect(single.team.update({ where: { id: 'nobody' }, data: {} })).rejects.toThrow();
    actor = undefined;
    expect(await who()).toEqual([{ actor: '' }]);
    await single.$disconnect();
  });
});
