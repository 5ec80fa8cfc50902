export type { Say, Terminal } from './terminal.js';
export {
  ensureBinaries,
  ensureServerBinaries,
  type ServerBinariesOptions,
  type ServerBinary,
  type ServerName,
} from './servers/server-binaries.js';
export { freePort } from './servers/free-port.js';
export { startNats, type LocalServerOptions } from './servers/nats.js';
export { startRedis } from './servers/redis.js';
export { ensureDatabase, startPostgres, type PostgresOptions } from './servers/postgres.js';
export type { RunningServer } from './servers/server-process.js';
export type { ServiceProcess } from './processes/service-process.js';
export { oneOfEach, type Replicas, type ServiceName } from './stack/service-names.js';
export { startServices, type RunningServices, type ServicesPlan } from './stack/start-services.js';
export type { StartOptions } from './stack/bring-up.js';
export { start } from './stack/start.js';
export { checkConfig } from './stack/check-config.js';
