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
import { startServers } from './start-servers.js';
import { startServices } from './start-services.js';

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

/**
 * Starts everything in order. Resolves when all is ready; `failed` then resolves with a sentence when something
 * ends for good. Whatever was started is in `cleanups`, also when this throws.
 */
export async function bringUp(
  options: StartOptions,
  terminal: Terminal,
  cleanups: Cleanups,
): Promise<{ failed: Promise<string> }> {
  const step = async <Result>(title: string, work: (say: Say) => Promise<Result>): Promise<Result> => {
    cleanups.throwIfEnded();
    return terminal.step(title, work);
  };
  const config = await step(`configuration ${shortPath(options.configFile)}`, () =>
    checkBeforehand(options, terminal),
  );
  if (config.warnings.length > 0) terminal.note(formatConfigNotes(config.warnings));

  const { dataDirectory, root, configFile, host, port, replicas } = options;
  const logsDirectory = path.join(dataDirectory, 'logs');
  const guard = await takeDataFolder(dataDirectory, terminal, cleanups);
  const servers = await step('NATS, Redis and Postgres', (say) =>
    startServers({
      dataDirectory,
      binariesDirectory: path.join(root, '.signalbox'),
      logsDirectory,
      named: namedServers(config),
      guard,
      cleanups,
      say,
    }),
  );
  const { natsUrl, redisUrl, databaseUrl } = servers;
  await step('database schema', async () => {
    const applied = await migrate({ url: databaseUrl });
    return { remark: applied.length === 0 ? 'up to date' : `${applied.length} migrations applied` };
  });
  const { fakeSites } = config;
  if (fakeSites !== undefined) {
    const provider = await step('pretended provider', () =>
      startFakeSites(fakeSites, { root, logsDirectory, guard, abort: cleanups.signal }),
    );
    await cleanups.add(() => provider.stop());
  }
  const say = (text: string): void => {
    terminal.note(text);
  };
  const launch = {
    root,
    configFile,
    natsUrl,
    redisUrl,
    databaseUrl,
    host,
    port,
    replicas,
    logsDirectory,
    guard,
  };
  const environment = fakeSites?.environment ?? {};
  const services = await step(servicesTitle(replicas), () =>
    startServices({ ...launch, environment, restart: true, abort: cleanups.signal, say }),
  );
  await cleanups.add(() => services.stop());
  cleanups.throwIfEnded();
  const facts = { urls: services.urls(), logsDirectory, configFile, configText: config.text };
  const hasFakeUpstream = fakeSites !== undefined;
  terminal.print(readyText({ ...facts, settings: config.settings, hasFakeUpstream }));
  return { failed: Promise.race([servers.failed, services.failed]) };
}

/** Everything that can be refused before anything is started. */
async function checkBeforehand(options: StartOptions, terminal: Terminal): Promise<ReadConfig> {
  const environmentFile = path.join(options.root, '.env');
  if (existsSync(environmentFile)) {
    process.loadEnvFile(environmentFile);
    terminal.note('environment variables of .env are used');
  }
  const config = await readConfig(options.configFile, process.env);
  for (let index = 0; index < options.replicas.gateway && options.port !== 0; index += 1) {
    const port = options.port + index;
    if (await isPortFree(port, options.host)) continue;
    throw new StackFailure(`Port ${port} on ${options.host} cannot be used, somebody has it: pass --port.`);
  }
  return config;
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
