// Real: Postgres, started here, and Prisma's schema engine. Nothing is fake.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from './migrate.js';
import { MigrationError } from './migration-error.js';
import { MIGRATIONS_DIRECTORY, readMigrations } from './read-migrations.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from './throwaway-postgres.fixture.js';

const directories: string[] = [];
let postgres: ThrowawayPostgres;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
});
afterAll(async () => {
  await postgres.stop();
  for (const directory of directories) rmSync(directory, { recursive: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
}

function migrationsWith(sqlByName: Record<string, string>): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'signalbox-migrations-'));
  directories.push(directory);
  writeFileSync(path.join(directory, 'migration_lock.toml'), 'provider = "postgresql"\n');
  for (const [name, sql] of Object.entries(sqlByName)) {
    mkdirSync(path.join(directory, name));
    writeFileSync(path.join(directory, name, 'migration.sql'), sql);
  }
  return directory;
}

describe('migrate', () => {
  it('creates the database, applies every migration of the repository and says which', async () => {
    const names = (await readMigrations(MIGRATIONS_DIRECTORY)).migrationDirectories.map(
      ({ path: name }) => name,
    );
    const lines: string[] = [];
    const url = postgres.url('fresh "quoted" name');
    expect(await migrate({ url: encodeURI(url), log: (line) => lines.push(line) })).toEqual(names);
    expect(lines).toEqual([`database schema: applied ${names.length} migration(s): ${names.join(', ')}`]);
    expect(await query(encodeURI(url), 'SELECT count(*)::int AS teams FROM teams')).toEqual([{ teams: 0 }]);
  });

  it('does nothing the second time', async () => {
    const url = postgres.url('twice');
    await migrate({ url });
    const lines: string[] = [];
    expect(await migrate({ url, log: (line) => lines.push(line) })).toEqual([]);
    expect(lines).toEqual(['database schema is up to date']);
  });

  it('applies each migration once when many start together', async () => {
    const url = postgres.url('together');
    const runs = await Promise.all(Array.from({ length: 6 }, () => migrate({ url })));
    expect(runs.filter((applied) => applied.length > 0)).toHaveLength(1);
  });

  it('takes functions whose body holds semicolons', async () => {
    const url = postgres.url('functions');
    const body =
      'CREATE FUNCTION seven() RETURNS int AS $$ BEGIN PERFORM 1; RETURN 7; END; $$ LANGUAGE plpgsql;';
    await migrate({ url, migrationsDirectory: migrationsWith({ '1_function': body }) });
    expect(await query(url, 'SELECT seven()')).toEqual([{ seven: 7 }]);
  });

  it('leaves no connection open, not even after a failed migration', async () => {
    const url = postgres.url('failing');
    const migrationsDirectory = migrationsWith({ '1_wrong': 'CREATE TABLE broken (' });
    await expect(migrate({ url, migrationsDirectory })).rejects.toThrow(/^The migrations failed: .*1_wrong/s);
    const others = "SELECT 1 FROM pg_stat_activity WHERE datname = 'failing' AND pid <> pg_backend_pid()";
    await expect.poll(() => query(url, others)).toEqual([]);
  });

  it.each([
    [
      'postgresql://postgres:secret@127.0.0.1:1/x',
      'Postgres cannot be reached at 127.0.0.1:1 (ECONNREFUSED).',
    ],
    [
      'mysql://127.0.0.1/x',
      'The database URL must look like postgresql://user:password@host:5432/database-name.',
    ],
  ])('says in one sentence what is wrong with %s', async (url, sentence) => {
    await expect(migrate({ url })).rejects.toEqual(new MigrationError(sentence));
  });

  it('repeats what Postgres said when it refuses', async () => {
    const url = postgres.url('any').replace('postgres@', 'stranger@');
    await expect(migrate({ url })).rejects.toThrow(/^Postgres at 127\.0\.0\.1:\d+ refused: role "stranger"/);
  });
});
