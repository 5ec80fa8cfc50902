import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleMetricsRequest } from './metrics.js';

/** One thing a service needs to do its work. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Plain sentence for people; holds no secret. */
  readonly detail?: string;
}

export interface OpsServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly service: string;
  /** Asked on every readiness request; not ready while it throws or a check is not ok. */
  readonly readiness: () => Promise<readonly Check[]> | readonly Check[];
  /** How long the checks may take, in milliseconds; 2 s unless told. */
  readonly readinessTimeLimitMs?: number;
}

export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts the server for operators, apart from the public one: `/health/liveness` (the process turns its event loop),
 * `/health/readiness` (200 or 503 with the list of checks) and `/metrics` (Prometheus).
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, { status: 'method not allowed' });
    } else if (path === '/metrics') {
      handleMetricsRequest(request, response);
    } else if (path === '/health/liveness') {
      answer(response, 200, { status: 'ok', service: options.service });
    } else if (path === '/health/readiness') {
      void answerReadiness(options, response);
    } else {
      answer(response, 404, { status: 'not found' });
    }
  });
  await listen(server, options.port, options.host);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => close(server),
  };
}

async function answerReadiness(options: OpsServerOptions, response: ServerResponse): Promise<void> {
  const checks = await runChecks(options);
  const isReady = checks.every((check) => check.ok);
  answer(response, isReady ? 200 : 503, {
    status: isReady ? 'ready' : 'not ready',
    service: options.service,
    checks,
  });
}

async function runChecks({
  readiness,
  readinessTimeLimitMs = 2_000,
}: OpsServerOptions): Promise<readonly Check[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<readonly Check[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([{ name: 'readiness', ok: false, detail: 'the checks did not finish in time' }]);
    }, readinessTimeLimitMs);
  });
  try {
    return await Promise.race([readiness(), tooLate]);
  } catch {
    return [{ name: 'readiness', ok: false, detail: 'the checks could not be made' }];
  } finally {
    clearTimeout(timer);
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
