export { StackFailure } from './stack-failure.js';
export {
  ensureBinaries,
  ensureServerBinaries,
  type ServerBinariesOptions,
  type ServerBinary,
  type ServerName,
} from './servers/server-binaries.js';
export { freePort, isPortFree } from './servers/free-port.js';
export { startNats, type LocalServerOptions } from './servers/nats.js';
export { startRedis } from './servers/redis.js';
export { ensureDatabase, startPostgres, type PostgresOptions } from './servers/postgres.js';
export type { RunningServer } from './servers/server-process.js';
export { openProcessGuard, stopLeftovers, type ProcessGuard } from './processes/process-guard.js';
