import 'reflect-metadata';
import { connectBus } from '@signalbox/messaging';
import {
  createLogger,
  exitOnFatalError,
  onShutdown,
  readSettings,
  reportReady,
  shutdownTelemetry,
  startOpsServer,
} from '@signalbox/platform';
import { connectRedis, RedisLimitStore } from '@signalbox/rate-limits';
import { readConfig } from './config.js';
import { RecentLatencies } from './recent-latencies.js';
import { redisUrl } from './redis-url.js';
import { startRouter } from './start-router.js';
import { strategyNamed } from './strategy-named.js';

const service = 'router';
const config = readConfig();
const logger = createLogger({ service, level: config.logLevel });
exitOnFatalError(logger);

const read = await readSettings(config.configPath, config.environment);
if (!read.ok) stopMisconfigured(read.problem);
const { catalog, router: routerSettings } = read.settings;
if (read.warnings !== '') logger.warn(`the configuration has warnings:\n${read.warnings}`);
const limitsUrl = redisUrl(config.redisUrl, routerSettings.redis);
if (limitsUrl === undefined) {
  stopMisconfigured('Redis is not configured: set REDIS_URL, or redis_host in router_settings.');
}

const redis = connectRedis({
  url: limitsUrl,
  name: service,
  onError: (error) => {
    logger.warn({ error }, 'Redis is away; calls are refused until it is back');
  },
});
const bus = await connectBus({ servers: config.natsUrl, name: service, logger });
const router = await startRouter({
  catalog,
  rules: { strategy: strategyNamed(routerSettings), timeoutMs: routerSettings.timeoutMs },
  limits: new RedisLimitStore({ redis }),
  latencies:
    routerSettings.latency && new RecentLatencies(redis, catalog.deployments, routerSettings.latency),
  bus,
  logger,
});
const opsServer = await startOpsServer({
  host: config.opsHost,
  port: config.opsPort,
  service,
  readiness: async () => [
    { name: 'nats', ok: bus.isConnected() },
    { name: 'redis', ok: await redisAnswers() },
  ],
});

onShutdown(
  [
    { name: 'router', run: () => router.stop() },
    { name: 'bus', run: () => bus.drain() },
    {
      name: 'redis',
      run: () => {
        redis.disconnect();
      },
    },
    { name: 'ops server', run: () => opsServer.close() },
    { name: 'telemetry', run: () => shutdownTelemetry() },
  ],
  { logger },
);
logger.info(
  {
    deployments: catalog.deployments.length,
    catalogVersion: catalog.version,
    routingStrategy: routerSettings.routingStrategy,
  },
  'catalog loaded',
);
reportReady({ service, opsPort: opsServer.port }, logger);

function redisAnswers(): Promise<boolean> {
  return redis.ping().then(
    () => true,
    () => false,
  );
}

/** Exit code EX_CONFIG of sysexits.h: starting again would not help. */
function stopMisconfigured(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(78);
}
