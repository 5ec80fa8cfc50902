import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { redisUrlOf } from '@signalbox/config';
import { RedisCooldownStore } from '@signalbox/cooldowns';
import { followModels, startLiveSettings } from '@signalbox/live-settings';
import { connectBus } from '@signalbox/messaging';
import {
  createLogger,
  exitOnFatalError,
  onShutdown,
  reportReady,
  shutdownTelemetry,
  startOpsServer,
  stopMisconfigured,
} from '@signalbox/platform';
import { connectRedis, RedisLimitStore } from '@signalbox/rate-limits';
import { announceRouter } from './announce-router.js';
import { readConfig } from './config.js';
import { followUnsettled } from './follow-unsettled.js';
import { LiveRouters } from './live-routers.js';
import { RecentLatencies } from './recent-latencies.js';
import { RouterLimits } from './router-limits.js';
import { routingSettings } from './routing-settings.js';
import { startRouter } from './start-router.js';

const service = 'router';
const config = readConfig();
const logger = createLogger({ service, level: config.logLevel });
exitOnFatalError(logger);

const settings = await startLiveSettings({ ...config, derive: routingSettings, logger });
const { router: routerSettings } = settings.atStart;
const limitsUrl = config.redisUrl ?? redisUrlOf(routerSettings.redis);
if (limitsUrl === undefined) {
  stopMisconfigured('Redis is not configured: set REDIS_URL, or redis_host in router_settings.');
}

const bus = await connectBus({ servers: config.natsUrl, name: service, logger });
const redis = connectRedis({
  url: limitsUrl,
  name: service,
  // Told at every try to connect; the limits say once that Redis is away, and why.
  onError: (error) => {
    logger.debug({ error }, 'the connection to Redis is broken');
    void limits.store.probe();
  },
});
const models = await followModels({ bus, settings, environment: config.environment, logger });
const routers = new LiveRouters(randomUUID());
const sharedLimits = new RedisLimitStore({ redis });
const limits = new RouterLimits({
  shared: sharedLimits,
  withoutRedis: routerSettings.limitsWithoutRedis,
  routers,
  bus,
  logger,
});
let isDeciding = false;
const opsServer = await startOpsServer({
  host: config.opsHost,
  port: config.opsPort,
  service,
  readiness: async () => [
    { name: 'nats', ok: bus.isConnected() },
    await limits.check(),
    { name: 'router', ok: isDeciding },
    ...(models === undefined ? [] : [{ name: 'models', ok: models.isKnown }]),
  ],
});
const stopAnnouncing = await announceRouter(bus, routers);
// Without Redis a newcomer has no share yet; until it has, the other routers decide.
await limits.store.ready();
const router = await startRouter({
  settings: settings.inForce,
  limits: limits.store,
  latencies: new RecentLatencies(redis, settings.inForce),
  cooldowns: new RedisCooldownStore({ redis }),
  bus,
  logger,
});
isDeciding = true;
const stopCounting = await followUnsettled(sharedLimits, settings.inForce);

onShutdown(
  [
    { name: 'added models', run: () => models?.stop() },
    { name: 'configuration', run: () => settings.close() },
    { name: 'router', run: () => router.stop() },
    { name: 'unsettled attempts', run: stopCounting },
    { name: 'limits', run: () => limits.stop() },
    { name: 'announcements', run: () => stopAnnouncing() },
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
const { catalog } = settings.inForce.current;
logger.info(
  {
    deployments: catalog.deployments.length,
    catalogVersion: catalog.version,
    routingStrategy: routerSettings.routingStrategy,
  },
  'catalog loaded',
);
reportReady({ service, opsPort: opsServer.port }, logger);
