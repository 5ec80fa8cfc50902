import { createDatabase } from '@signalbox/database';
import { connectBus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { connectRedis } from '@signalbox/rate-limits';
import { readRebuildConfig } from './config.js';
import { rebuildCounters } from './rebuild/rebuild-counters.js';

// `npm run usage:rebuild`: makes the counters in Redis anew from the ledger, while no usage service runs.

const { natsUrl, redisUrl, databaseUrl } = readRebuildConfig();
const logger = createLogger({ service: 'usage-rebuild', level: 'info' });
const redis = connectRedis({
  url: redisUrl,
  name: 'usage-rebuild',
  onError: (error) => {
    logger.warn({ error }, 'Redis is away');
  },
});
const database = createDatabase({ url: databaseUrl, maxConnections: 2, statementTimeoutMs: 60_000 });
const bus = await connectBus({ servers: natsUrl, name: 'usage-rebuild', logger });
try {
  const { attempts, days } = await rebuildCounters({ bus, redis, database, now: Date.now });
  process.stdout.write(`counted ${attempts} attempts one by one, and ${days} days before them\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await bus.drain();
  redis.disconnect();
  await database.$disconnect();
}
