import { MigrationError } from './migration-error.js';
import { MIGRATIONS_DIRECTORY, readMigrations } from './read-migrations.js';
import { applyMigrations } from './schema-engine.js';
import { withMigrationLock } from './target-database.js';

export interface MigrateOptions {
  /** `postgresql://user:password@host:port/database`; the database is created if it does not exist. */
  readonly url: string;
  /** Default: `prisma/migrations` of this repository. */
  readonly migrationsDirectory?: string;
  /** Told in one line what was done. */
  readonly log?: (line: string) => void;
}

/**
 * Brings a database up to date inside this process, without the Prisma CLI, and returns the names of the
 * migrations applied. Any number of processes may call it at once. Every connection is closed on return.
 * @throws MigrationError with one sentence for the operator.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const migrations = await readMigrations(options.migrationsDirectory ?? MIGRATIONS_DIRECTORY);
  const applied = await withMigrationLock(options.url, async () => {
    try {
      return await applyMigrations(options.url, migrations);
    } catch (error) {
      throw new MigrationError(`The migrations failed: ${engineMessage(error)}`, { cause: error });
    }
  });
  options.log?.(
    applied.length === 0
      ? 'database schema is up to date'
      : `database schema: applied ${applied.length} migration(s): ${applied.join(', ')}`,
  );
  return applied;
}

/** The engine throws its structured errors as JSON text. */
function engineMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  try {
    const detail: unknown = JSON.parse(text);
    if (typeof detail === 'object' && detail !== null && 'message' in detail) return String(detail.message);
  } catch {
    // A plain sentence.
  }
  return text;
}
