import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import { MigrationError } from './migration-error.js';

const LOCK_FILE = 'migration_lock.toml';

/** The migrations of this repository; holds for the sources and for the built files. */
export const MIGRATIONS_DIRECTORY = path.resolve(import.meta.dirname, '../../../prisma/migrations');

/** Reads a `prisma/migrations` folder in the form that the schema engine takes. */
export async function readMigrations(directory: string): Promise<MigrationList> {
  const names = await migrationNames(directory);
  return {
    baseDir: path.resolve(directory),
    shadowDbInitScript: '',
    lockfile: { path: LOCK_FILE, content: await readFile(path.join(directory, LOCK_FILE), 'utf8') },
    migrationDirectories: await Promise.all(names.map((name) => readMigration(directory, name))),
  };
}

async function migrationNames(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    throw new MigrationError(`The migrations directory ${directory} cannot be read.`, { cause: error });
  }
}

async function readMigration(directory: string, name: string) {
  const value = await readFile(path.join(directory, name, 'migration.sql'), 'utf8');
  return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
}
