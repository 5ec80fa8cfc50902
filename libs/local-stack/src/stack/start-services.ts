import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ProcessGuard } from '../processes/process-guard.js';
import type { ServiceProcess } from '../processes/service-process.js';
import { superviseService, type SupervisedService } from '../processes/supervised-service.js';
import { serviceNames, type Replicas, type ServiceName } from './service-names.js';

export interface ServicesPlan {
  /** The folder that holds apps/ and node_modules/. */
  root: string;
  /** Path of config.yaml. */
  configFile: string;
  natsUrl: string;
  redisUrl: string;
  databaseUrl: string;
  /** The address that gateways listen on. */
  host: string;
  /** Port of the first gateway; the others take the next ones. 0: any free port for each. */
  port: number;
  replicas: Replicas;
  /** Added to the environment of every service. */
  environment?: NodeJS.ProcessEnv;
  logsDirectory: string;
  /** Where gateways keep usage while the bus is away. */
  usageDirectory: string;
  /** Holds the key of decision records, made at the first start; the environment may name another one. */
  signingKeyFile: string;
  guard?: ProcessGuard | undefined;
  /** Gives up while the services are being started. */
  abort?: AbortSignal | undefined;
  /** Whether a service that ends by itself is started again. */
  restart: boolean;
  say: (sentence: string) => void;
}

export interface RunningServices {
  /** The gateways' addresses, in order. */
  urls(): string[];
  /** Every process of now. */
  processes(): ServiceProcess[];
  /** Starts a replica again that has ended, on its old port. */
  revive(service: ServiceName, replica: number): Promise<void>;
  /** Resolves with a sentence when some service is gone for good; never rejects. */
  failed: Promise<string>;
  /** Stops them: first the gateways, which take new work, last usage, which books what was done. */
  stop(): Promise<void>;
}

/** Starts all processes of the four services at once and waits until every one is ready. */
export async function startServices(plan: ServicesPlan): Promise<RunningServices> {
  await mkdir(plan.logsDirectory, { recursive: true });
  const wanted = serviceNames.flatMap((service) =>
    Array.from({ length: plan.replicas[service] }, (_, index) => ({ service, replica: index + 1 })),
  );
  const outcomes = await Promise.allSettled(wanted.map((process) => startOne(plan, process)));
  const started = outcomes
    .filter((outcome) => outcome.status === 'fulfilled')
    .map((outcome) => outcome.value);
  const fault = outcomes.find((outcome) => outcome.status === 'rejected');
  if (fault !== undefined) {
    await stopInOrder(started);
    throw fault.reason;
  }
  return {
    urls: () =>
      started
        .filter(({ current }) => current.service === 'gateway')
        .map(({ current }) => `http://${reachable(plan.host)}:${current.httpPort ?? 0}`),
    processes: () => started.map(({ current }) => current),
    async revive(service, replica) {
      const isWanted = ({ current }: SupervisedService) =>
        current.service === service && current.replica === replica;
      await started.find(isWanted)?.revive();
    },
    failed: Promise.race(started.map(({ failed }) => failed)),
    stop: () => stopInOrder(started),
  };
}

interface Wanted {
  service: ServiceName;
  replica: number;
}

function startOne(plan: ServicesPlan, { service, replica }: Wanted): Promise<SupervisedService> {
  const port = service === 'gateway' && plan.port !== 0 ? plan.port + replica - 1 : 0;
  const launch = {
    service,
    replica,
    cwd: plan.root,
    nodeArguments: [
      '--enable-source-maps',
      '--import',
      '@signalbox/platform/register',
      `apps/${service}/dist/main.js`,
    ],
    environment: {
      DECISIONS_SIGNING_KEY_FILE: path.resolve(plan.signingKeyFile),
      ...process.env,
      ...plan.environment,
      SIGNALBOX_CONFIG: path.resolve(plan.configFile),
      NATS_URL: plan.natsUrl,
      REDIS_URL: plan.redisUrl,
      DATABASE_URL: plan.databaseUrl,
      HOST: plan.host,
      PORT: String(port),
      OPS_HOST: '127.0.0.1',
      OPS_PORT: '0',
      USAGE_SPILL_DIRECTORY: path.resolve(plan.usageDirectory),
    },
    logFile: path.join(plan.logsDirectory, `${service}-${replica}.log`),
    logFlags: 'w' as const,
    guard: plan.guard,
    abort: plan.abort,
  };
  return superviseService(launch, { say: plan.say, restart: plan.restart });
}

async function stopInOrder(services: readonly SupervisedService[]): Promise<void> {
  for (const name of serviceNames) {
    const ofName = services.filter(({ current }) => current.service === name);
    await Promise.all(ofName.map((service) => service.stop()));
  }
}

/** An address to call for one to listen on. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
