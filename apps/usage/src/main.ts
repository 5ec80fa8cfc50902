import 'reflect-metadata';
import { startLiveSettings } from '@signalbox/live-settings';
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
import { signingKeyIn } from './decisions/signing-key-file.js';
import { startUsage } from './start-usage.js';

const service = 'usage';
const config = readConfig();
const logger = createLogger({ service, level: config.logLevel });
exitOnFatalError(logger);

const bus = await connectBus({ servers: config.natsUrl, name: service, logger });
const settings = await startLiveSettings({
  ...config,
  derive: ({ general }) => general.spendLogsRetentionDays,
  logger,
});
const signingKey = await signingKeyIn(config.signingKeyFile);
const usage = await startUsage({
  ...config,
  ledgerRetentionDays: settings.inForce.current,
  signingKey,
  bus,
  logger,
});
const opsServer = await startOpsServer({
  host: config.opsHost,
  port: config.opsPort,
  service,
  readiness: () => usage.readiness(),
});

onShutdown(
  [
    { name: 'configuration', run: () => settings.close() },
    { name: 'service', run: () => usage.stop() },
    { name: 'bus', run: () => bus.drain() },
    { name: 'ops server', run: () => opsServer.close() },
    { name: 'telemetry', run: () => shutdownTelemetry() },
  ],
  { logger },
);
reportReady({ service, opsPort: opsServer.port }, logger);
