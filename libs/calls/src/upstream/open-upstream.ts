import type { Deployment } from '@signalbox/contracts';
import type { Dispatcher } from 'undici';
import { Permit, ProbePermit } from './permit.js';
import { UpstreamExchange } from './upstream-exchange.js';

/** What opens connections; a pool of them, or for explanations something that pretends to. */
export type UpstreamDispatcher = Pick<Dispatcher, 'dispatch'>;

/** A request ready to be sent; what libs/providers builds for a call fits. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface UpstreamTimeouts {
  /** Until the deadline the exchange must have ended, or for a stream brought its first byte; milliseconds. */
  readonly deadlineMs: number;
  /** Longest silence within the body, milliseconds; 0 leaves it to the deadline. */
  readonly silenceMs: number;
}

/**
 * Opens a connection to a provider: the one place where data leaves the house. It takes a permit, and the
 * request must go to the very endpoint the permit is for. A probe may carry no body.
 */
export function openUpstream(
  dispatcher: UpstreamDispatcher,
  permit: Permit | ProbePermit,
  request: OutgoingRequest,
  timeouts: UpstreamTimeouts,
): UpstreamExchange {
  if (!isGranted(permit)) throw new Error('a connection to a provider was asked for without a permit');
  const { origin, path } = addressOf(permit.deployment, request.url);
  if (permit.kind === 'probe' && (request.method !== 'GET' || request.body !== undefined)) {
    throw new Error('a probe carries no data');
  }
  const exchange = new UpstreamExchange();
  exchange.setDeadline(timeouts.deadlineMs);
  dispatcher.dispatch(
    {
      origin,
      path,
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      // The exchange keeps its own deadline, which also counts the wait for a connection.
      headersTimeout: 0,
      bodyTimeout: timeouts.silenceMs,
    },
    exchange,
  );
  return exchange;
}

function isGranted(permit: Permit | ProbePermit): boolean {
  return permit.kind === 'call' ? Permit.isGranted(permit) : ProbePermit.isGranted(permit);
}

const origins = new WeakMap<Deployment, string>();

/** Splits the address, and refuses one that is not at the endpoint of the deployment. */
function addressOf(deployment: Deployment, url: string): { origin: string; path: string } {
  const origin = originOf(deployment);
  if (url.startsWith(`${origin}/`)) return { origin, path: url.slice(origin.length) };
  const parsed = new URL(url);
  if (parsed.origin !== origin) {
    throw new Error(`a request for deployment ${deployment.id} was addressed elsewhere`);
  }
  return { origin, path: parsed.pathname + parsed.search };
}

function originOf(deployment: Deployment): string {
  const known = origins.get(deployment);
  if (known !== undefined) return known;
  const { origin } = new URL(deployment.upstream.apiBase);
  origins.set(deployment, origin);
  return origin;
}
