import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  oneOfEach,
  startServices,
  type Replicas,
  type RunningServices,
  type ServiceName,
  type ServiceProcess,
} from '@signalbox/local-stack';
import { stringify } from 'yaml';
import { startServers, type TestServers } from './start-servers.js';

export interface SignalboxOptions {
  /** The text of config.yaml, or an object to write as one. */
  config: string | object;
  /** Processes of each service; one of each unless told. */
  replicas?: Partial<Replicas>;
  /** Added to the environment of every service. */
  environment?: Readonly<Record<string, string>>;
  /** Servers to use instead of fresh ones; they are not stopped with the rest. */
  servers?: TestServers;
}

/** The whole system as it runs in production: separate processes of the built services. */
export interface Signalbox {
  /** The first gateway. */
  url: string;
  /** Every gateway. */
  urls: string[];
  servers: TestServers;
  natsUrl: string;
  redisUrl: string;
  databaseUrl: string;
  /** The config.yaml that all of them read, to be changed while they run. */
  configFile: string;
  /** Where every process of now tells about itself: /health/readiness, /metrics. */
  readonly opsUrls: string[];
  opsUrlsOf(service: ServiceName): string[];
  /** What every process has logged so far, by `gateway-1`; to the last line once all is stopped. */
  logs(): Record<string, string>;
  /** Ends a process, by SIGKILL unless told otherwise, and resolves when it is gone. Nobody restarts it. */
  kill(service: ServiceName, replica?: number, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a process again that was killed; a gateway gets its old port back. */
  revive(service: ServiceName, replica?: number): Promise<void>;
  /** Stops the services and the servers that were started with them. May be called again. */
  stop(): Promise<void>;
}

const checkout = path.resolve(import.meta.dirname, '../../../..');

/** Starts the four services (from their dist folders: build first) against real servers, on free ports. */
export async function startSignalbox(options: SignalboxOptions): Promise<Signalbox> {
  requireBuild();
  const servers = options.servers ?? (await startServers());
  const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-system-'));
  const cleanUp = async (): Promise<void> => {
    if (options.servers === undefined) await servers.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const configFile = path.join(directory, 'config.yaml');
    const services = await startOn(servers, configFile, options);
    return runningSignalbox(services, { servers, configFile }, cleanUp);
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function startOn(
  servers: TestServers,
  configFile: string,
  { config, replicas = {}, environment = {} }: SignalboxOptions,
): Promise<RunningServices> {
  await writeFile(configFile, typeof config === 'string' ? config : stringify(config));
  return startServices({
    root: checkout,
    configFile,
    natsUrl: servers.natsUrl,
    redisUrl: servers.redisUrl,
    databaseUrl: servers.databaseUrl,
    host: '127.0.0.1',
    port: 0,
    replicas: { ...oneOfEach, ...replicas },
    environment,
    logsDirectory: path.dirname(configFile),
    usageDirectory: path.join(path.dirname(configFile), 'usage'),
    signingKeyFile: path.join(path.dirname(configFile), 'signing-key.pem'),
    restart: false,
    say: () => undefined,
  });
}

function runningSignalbox(
  services: RunningServices,
  { servers, configFile }: Pick<Signalbox, 'servers' | 'configFile'>,
  cleanUp: () => Promise<void>,
): Signalbox {
  const processOf = (service: ServiceName, replica: number): ServiceProcess => {
    const found = services.processes().find((one) => one.service === service && one.replica === replica);
    if (found === undefined) throw new Error(`there is no ${service} ${replica}`);
    return found;
  };
  const urls = services.urls();
  const opsUrls = (processes: readonly ServiceProcess[]): string[] =>
    processes.map(({ opsPort }) => `http://127.0.0.1:${opsPort}`);
  const readLogs = (): Record<string, string> =>
    Object.fromEntries(
      services
        .processes()
        .map(({ service, replica, logFile }) => [`${service}-${replica}`, readFileSync(logFile, 'utf8')]),
    );
  let lastLogs: Record<string, string> | undefined;
  const stop = async (): Promise<void> => {
    await services.stop();
    lastLogs = readLogs();
    await cleanUp();
  };
  let stopping: Promise<void> | undefined;
  const { natsUrl, redisUrl, databaseUrl } = servers;
  return {
    url: urls[0] ?? '',
    urls,
    servers,
    configFile,
    ...{ natsUrl, redisUrl, databaseUrl },
    get opsUrls() {
      return opsUrls(services.processes());
    },
    opsUrlsOf: (service) => opsUrls(services.processes().filter((one) => one.service === service)),
    logs: () => lastLogs ?? readLogs(),
    async kill(service, replica = 1, signal = 'SIGKILL') {
      const target = processOf(service, replica);
      target.kill(signal);
      await target.exited;
    },
    revive: (service, replica = 1) => services.revive(service, replica),
    stop: () => (stopping ??= stop()),
  };
}

function requireBuild(): void {
  const missing = Object.keys(oneOfEach).filter(
    (app) => !existsSync(path.join(checkout, `apps/${app}/dist/main.js`)),
  );
  if (missing.length > 0) throw new Error(`not built: ${missing.join(', ')}. Run: npm run build`);
}
