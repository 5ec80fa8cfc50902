import { createDatabase } from '@signalbox/database';
import { readPretendConfig } from './config.js';
import { pretendAttempts } from './pretended/pretended-attempts.repository.js';

// For measurements: `PRETEND_ATTEMPTS=10000000 PRETEND_DAYS=90 DATABASE_URL=... node apps/usage/dist/pretend-main.js`

const { databaseUrl, attempts, days } = readPretendConfig();
/** A day of many attempts is one statement. */
const statementTimeoutMs = 600_000;

const database = createDatabase({ url: databaseUrl, maxConnections: 1, statementTimeoutMs });
try {
  await pretendAttempts(database, { attempts, days, now: Date.now() });
} finally {
  await database.$disconnect();
}
