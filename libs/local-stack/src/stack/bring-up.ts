import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { formatConfigNotes } from '@signalbox/config';
import { migrate } from '@signalbox/database';
import { takeDataLock } from '../processes/data-lock.js';
import { openProcessGuard, stopLeftovers, type ProcessGuard } from '../processes/process-guard.js';
import { isPortFree } from '../servers/free-port.js';
import { StackFailure } from '../stack-failure.js';
import type { Say, Terminal } from '../terminal.js';
import type { Cleanups } from './cleanups.js';
import { startFakeSites } from './fake-sites.js';
import { readConfig, shortPath, type ReadConfig } from './read-config.js';
import { readyText } from './ready-text.js';
import { serviceNames, type Replicas } from './service-names.js';
import { startServers, type Servers } from './start-servers.js';
import { startServices, type RunningServices } from './start-services.js';

export interface StartOptions {
  /** The checkout: holds apps/, libs/ and node_modules/. */
  root: string;
  configFile: string;
  /** The address gateways listen on; the first takes `port`, the others the next ones (0: any free ones). */
  host: string;
  port: number;
  dataDirectory: string;
  replicas: Replicas;
}

type Step = <Result>(title: string, work: (say: Say) => Promise<Result>) => Promise<Result>;

/** What every later step of the start needs to know. */
interface Site {
  options: StartOptions;
  config: ReadConfig;
  logsDirectory: string;
  guard: ProcessGuard;
  cleanups: Cleanups;
  terminal: Terminal;
  step: Step;
}

/**
 * Starts everything in order. Resolves when all is ready; `failed` then resolves with a sentence when something
 * ends for good. Whatever was started is in `cleanups`, also when this throws.
 */
export async function bringUp(
  options: StartOptions,
  terminal: Terminal,
  cleanups: Cleanups,
): Promise<{ failed: Promise<string> }> {
  const step: Step = (title, work) => {
    cleanups.throwIfEnded();
    return terminal.step(title, work);
  };
  const { configFile, dataDirectory } = options;
  const config = await step(`configuration ${shortPath(configFile)}`, () =>
    checkConfiguration(options, terminal),
  );
  if (config.warnings.length > 0) terminal.note(formatConfigNotes(config.warnings));
  await checkPorts(options);
  const logsDirectory = path.join(dataDirectory, 'logs');
  const guard = await takeDataFolder(dataDirectory, terminal, cleanups);
  const site = { options, config, logsDirectory, guard, cleanups, terminal, step };

  const servers = await bringUpServers(site);
  await bringUpFakeSites(site);
  const services = await bringUpServices(site, servers);
  const { text: configText, settings, fakeSites } = config;
  const facts = { urls: services.urls(), logsDirectory, configFile, configText, settings };
  terminal.print(readyText({ ...facts, hasFakeUpstream: fakeSites !== undefined }));
  return { failed: Promise.race([servers.failed, services.failed]) };
}

async function bringUpServers({
  options,
  config,
  logsDirectory,
  guard,
  cleanups,
  step,
}: Site): Promise<Servers> {
  const { dataDirectory, root } = options;
  const folders = { dataDirectory, logsDirectory, binariesDirectory: path.join(root, '.signalbox') };
  const servers = await step('NATS, Redis and Postgres', (say) =>
    startServers({ ...folders, named: namedServers(config), guard, cleanups, say }),
  );
  await step('database schema', async () => {
    const applied = await migrate({ url: servers.databaseUrl });
    return { remark: applied.length === 0 ? 'up to date' : `${applied.length} migrations applied` };
  });
  return servers;
}

async function bringUpFakeSites({
  options,
  config,
  logsDirectory,
  guard,
  cleanups,
  step,
}: Site): Promise<void> {
  const { fakeSites } = config;
  if (fakeSites === undefined) return;
  const place = { root: options.root, logsDirectory, guard, abort: cleanups.signal };
  const provider = await step('pretended provider', () => startFakeSites(fakeSites, place));
  await cleanups.add(() => provider.stop());
}

async function bringUpServices(site: Site, servers: Servers): Promise<RunningServices> {
  const { options, config, logsDirectory, guard, cleanups, terminal, step } = site;
  const services = await step(servicesTitle(options.replicas), () =>
    startServices({
      ...options,
      ...servers,
      environment: config.fakeSites?.environment ?? {},
      logsDirectory,
      usageDirectory: path.join(options.dataDirectory, 'usage'),
      signingKeyFile: path.join(options.dataDirectory, 'decisions', 'signing-key.pem'),
      guard,
      abort: cleanups.signal,
      restart: true,
      say: (text) => {
        terminal.note(text);
      },
    }),
  );
  await cleanups.add(() => services.stop());
  cleanups.throwIfEnded();
  return services;
}

async function checkConfiguration(options: StartOptions, terminal: Terminal): Promise<ReadConfig> {
  const environmentFile = path.join(options.root, '.env');
  if (existsSync(environmentFile)) {
    process.loadEnvFile(environmentFile);
    terminal.note('environment variables of .env are used');
  }
  return readConfig(options.configFile, process.env);
}

async function checkPorts(options: StartOptions): Promise<void> {
  for (let index = 0; index < options.replicas.gateway && options.port !== 0; index += 1) {
    const port = options.port + index;
    if (await isPortFree(port, options.host)) continue;
    throw new StackFailure(`Port ${port} on ${options.host} cannot be used, somebody has it: pass --port.`);
  }
}

/** Makes the data folder ours and clears away what a killed start left behind. */
async function takeDataFolder(
  dataDirectory: string,
  terminal: Terminal,
  cleanups: Cleanups,
): Promise<ProcessGuard> {
  await mkdir(path.join(dataDirectory, 'logs'), { recursive: true });
  const release = await takeDataLock(path.join(dataDirectory, 'start.lock'), shortPath(dataDirectory));
  await cleanups.add(release);
  const record = path.join(dataDirectory, 'processes.json');
  const stopped = await stopLeftovers(record);
  if (stopped.length > 0)
    terminal.note(`left over from a start that was killed, now stopped: ${stopped.join(', ')}`);
  const guard = openProcessGuard(record);
  await cleanups.add(() => {
    guard.close();
  });
  return guard;
}

function namedServers({ settings }: ReadConfig) {
  return {
    natsUrl: setting('NATS_URL'),
    redisUrl: setting('REDIS_URL'),
    databaseUrl: setting('DATABASE_URL') ?? settings.general.databaseUrl,
  };
}

/** A variable; an empty one counts as absent. */
function setting(name: string): string | undefined {
  const value = process.env[name]?.trim();
  return value === '' ? undefined : value;
}

function servicesTitle(replicas: Replicas): string {
  return serviceNames.map((name) => (replicas[name] === 1 ? name : `${name} x ${replicas[name]}`)).join(', ');
}
