import 'reflect-metadata';
import path from 'node:path';
import { loadCallSettings } from '@signalbox/calls';
import { decisionRecorded, usageRecorded } from '@signalbox/contracts';
import { followModels, startLiveSettings } from '@signalbox/live-settings';
import { connectBus } from '@signalbox/messaging';
import {
  createLogger,
  exitOnFatalError,
  onShutdown,
  reportReady,
  shutdownTelemetry,
  startOpsServer,
} from '@signalbox/platform';
import { readConfig } from './config.js';
import { startGateway } from './start-gateway.js';
import { BatchSpill } from './outbox/spill/batch-spill.js';

const service = 'gateway';
/** Enough for a broker that answers at all; within the time a supervisor grants after the grace. */
const usageFlushMs = 5_000;

const config = readConfig();
const { limits, version } = config;
const logger = createLogger({ service, level: config.logLevel });
exitOnFatalError(logger);

const settings = await startLiveSettings({ ...config, derive: loadCallSettings, logger });
const { general, endUserDefaults } = settings.atStart;
if (general.masterKey === undefined) logger.warn('no master key is configured: calls are open to everybody');

const bus = await connectBus({ servers: config.natsUrl, name: service, logger });
const models = await followModels({ bus, settings, environment: config.environment, logger });
const spill = config.usageSpill && { ...config.usageSpill, logger };
const usageSpill = spill && (await BatchSpill.open(usageRecorded, spill));
const decisionSpill =
  spill &&
  (await BatchSpill.open(decisionRecorded, { ...spill, directory: path.join(spill.directory, 'decisions') }));
if (spill === undefined)
  logger.warn('no USAGE_SPILL_DIRECTORY: while the bus is away records are kept in memory only');
const gateway = await startGateway(
  {
    general,
    endUserDefaults,
    settings: settings.inForce,
    models,
    usageSpill,
    decisionSpill,
    bus,
    logger,
    version,
    limits,
  },
  config,
);
const opsServer = await startOpsServer({
  host: config.opsHost,
  port: config.opsPort,
  service,
  readiness: () => gateway.readiness.checks(),
});

onShutdown(
  [
    { name: 'added models', run: () => models?.stop() },
    { name: 'configuration', run: () => settings.close() },
    { name: 'calls', run: () => gateway.finishCalls(config.shutdownGraceMs) },
    { name: 'records', run: () => gateway.flushRecords(usageFlushMs) },
    { name: 'providers', run: () => gateway.disconnect() },
    { name: 'bus', run: () => bus.drain() },
    { name: 'ops server', run: () => opsServer.close() },
    { name: 'telemetry', run: () => shutdownTelemetry() },
  ],
  { logger, timeLimitMs: config.shutdownGraceMs + usageFlushMs + 15_000 },
);
const { catalog } = settings.inForce.current;
logger.info({ deployments: catalog.deployments.length, catalogVersion: catalog.version }, 'catalog loaded');
if (gateway.adminPort !== undefined)
  logger.info({ adminPort: gateway.adminPort }, 'the admin API listens at a port of its own');
reportReady({ service, httpPort: gateway.port, opsPort: opsServer.port }, logger);
