// Real: Postgres, started here, and Prisma's schema engine. Nothing is fake.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from './migrate.js';
import { MIGRATIONS_DIRECTORY } from './read-migrations.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from './throwaway-postgres.fixture.js';

const before = mkdtempSync(path.join(tmpdir(), 'signalbox-migrations-'));
let postgres: ThrowawayPostgres;

beforeAll(async () => {
  for (const name of readdirSync(MIGRATIONS_DIRECTORY)) {
    const isEarlier = name < '20261121081208_users_and_team_members' || name === 'migration_lock.toml';
    if (isEarlier)
      cpSync(path.join(MIGRATIONS_DIRECTORY, name), path.join(before, name), { recursive: true });
  }
  postgres = await startThrowawayPostgres();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(before, { recursive: true });
});

it('everybody who stood in the list of a team is a user and a member afterwards, once, in the same order', async () => {
  const url = postgres.url('members');
  await migrate({ url, migrationsDirectory: before });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`INSERT INTO teams (id, members) VALUES ('empty', '[]'), ('red', $1), ('blue', $2)`, [
    JSON.stringify([
      { role: 'user', user_id: 'zoe' },
      { role: 'admin', user_id: 'adam' },
      { role: 'admin', user_id: 'zoe' },
    ]),
    JSON.stringify([{ role: 'admin', user_id: 'zoe' }]),
  ]);
  await migrate({ url });
  const { rows: users } = await client.query('SELECT id, role FROM users ORDER BY id');
  const { rows: members } = await client.query(
    `SELECT team_id || ' ' || user_id || ' ' || role AS member FROM team_members ORDER BY team_id, ordinal`,
  );
  await client.end();
  expect(users).toEqual([
    { id: 'adam', role: null },
    { id: 'zoe', role: null },
  ]);
  expect(members).toEqual([
    { member: 'blue zoe admin' },
    { member: 'red zoe user' },
    { member: 'red adam admin' },
  ]);
});
