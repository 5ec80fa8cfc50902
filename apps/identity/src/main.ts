import 'reflect-metadata';
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
import { startIdentity } from './start-identity.js';

const service = 'identity';
const config = readConfig();
const logger = createLogger({ service, level: config.logLevel });
exitOnFatalError(logger);

const bus = await connectBus({ servers: config.natsUrl, name: service, logger });
const identity = await startIdentity({
  bus,
  databaseUrl: config.databaseUrl,
  maxDatabaseConnections: config.maxDatabaseConnections,
  logger,
});
const opsServer = await startOpsServer({
  host: config.opsHost,
  port: config.opsPort,
  service,
  readiness: () => identity.readiness(),
});

onShutdown(
  [
    { name: 'service', run: () => identity.stop() },
    { name: 'bus', run: () => bus.drain() },
    { name: 'ops server', run: () => opsServer.close() },
    { name: 'telemetry', run: () => shutdownTelemetry() },
  ],
  { logger },
);
reportReady({ service, opsPort: opsServer.port }, logger);
