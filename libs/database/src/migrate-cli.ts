// `node libs/database/dist/migrate-cli.js`: brings the database of DATABASE_URL up to date, for images that
// carry no Prisma CLI. Exit 0: done; 1: one sentence on stderr says why not; 78: not configured.
import { migrateConfig } from './config.js';
import { migrate } from './migrate.js';
import { MigrationError } from './migration-error.js';

const EXIT_NOT_CONFIGURED = 78;

async function main(): Promise<number> {
  const { url } = migrateConfig();
  if (url === undefined || url === '') {
    process.stderr.write('DATABASE_URL is not set.\n');
    return EXIT_NOT_CONFIGURED;
  }
  try {
    await migrate({ url, log: (line) => process.stdout.write(`${line}\n`) });
    return 0;
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main();
