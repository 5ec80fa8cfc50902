import { startSignalbox, type Signalbox } from '@signalbox/testing';
import { benchDeployment } from './bench-deployment.js';
import { BENCH_END_USER } from './payloads.js';
import { processesByRole } from './processes-by-role.js';
import type { Subject } from './subject.js';

/** Model groups by the number of deployments that a decision has to look at. */
export const FEW_CANDIDATES = 3;
export const MANY_CANDIDATES = 300;

/** The whole system with everything on, ready to be measured. */
export interface MeasuredSystem {
  readonly subject: Subject;
  /** Process id of the gateway. */
  readonly gatewayPid: number;
  readonly redis: { readonly url: string; readonly pid: number };
  modelGroup(candidates: number): string;
  /** Requests that the usage service has counted today. */
  countedRequests(): Promise<number>;
  /** Ends the usage service in good order, and starts it again. */
  readonly usage: { stop(): Promise<void>; start(): Promise<void> };
  stop(): Promise<void>;
}

const masterKey = 'sk-bench-master';
const modelGroup = (candidates: number): string => `bench-${candidates}`;
const roles = ['gateway', 'router', 'usage', 'identity', 'nats', 'redis', 'postgres'] as const;

/** Starts Signalbox in front of the fake upstream: key of a team, residency, limits, usage, traces at 1 %. */
export async function startMeasuredSystem(upstreamPort: number, traceUrl: string): Promise<MeasuredSystem> {
  const system = await startSignalbox({
    config: {
      model_list: [
        ...deployments(FEW_CANDIDATES, upstreamPort),
        ...deployments(MANY_CANDIDATES, upstreamPort),
      ],
      router_settings: { routing_strategy: 'usage-based-routing', num_retries: 2 },
      general_settings: { master_key: masterKey },
    },
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: traceUrl,
      OTEL_TRACES_SAMPLER_ARG: '0.01',
      LOG_LEVEL: 'info',
    },
  });
  await admin(system, '/end_user/new', { user_id: BENCH_END_USER, allowed_model_region: 'eu' });
  const team = await admin<{ team_id: string }>(system, '/team/new', { team_alias: 'bench' });
  const { key } = await admin<{ key: string }>(system, '/key/generate', { team_id: team.team_id });
  const processes = processesByRole(roles);
  return {
    subject: {
      name: 'Signalbox',
      // A few thousand are not enough.
      warmUpRequests: 30_000,
      port: Number(new URL(system.url).port),
      headers: { authorization: `Bearer ${key}` },
      processes,
    },
    gatewayPid: processes.gateway[0] ?? 0,
    redis: { url: system.redisUrl, pid: processes.redis[0] ?? 0 },
    modelGroup,
    countedRequests: async () => {
      const { day } = await admin<{ day: { total: { requests: number } } }>(system, '/usage');
      return day.total.requests;
    },
    usage: {
      stop: () => system.kill('usage', 1, 'SIGTERM'),
      start: () => system.revive('usage'),
    },
    stop: () => system.stop(),
  };
}

function deployments(candidates: number, upstreamPort: number): object[] {
  // Real limits that are never reached.
  const limits = { rpm: 100_000_000, tpm: 100_000_000_000 };
  return Array.from({ length: candidates }, (_, index) =>
    benchDeployment({
      modelGroup: modelGroup(candidates),
      id: `of-${candidates}-${index + 1}`,
      upstreamPort,
      limits,
    }),
  );
}

async function admin<Answer>(system: Signalbox, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${system.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
