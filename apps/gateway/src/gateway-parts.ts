import {
  type AttemptTools,
  CallService,
  type CallTools,
  createDispatcher,
  type ExplainTools,
  RetryWaits,
} from '@signalbox/calls';
import { AdminPort } from './authentication/admin-port.js';
import { Authenticator } from './authentication/authenticator.js';
import { IdentityDirectory } from './authentication/identity-directory.js';
import { RouterClient } from './calls/router-client.js';
import { DecisionOutbox } from './decisions/decision-outbox.js';
import { RouteTable } from './errors/route-table.js';
import type { GatewayOptions } from './gateway-options.js';
import { DeploymentHealth } from './health/deployment-health.js';
import { Readiness } from './health/readiness.js';
import { GatewayMetrics } from './observability/gateway-metrics.js';
import { outboxMetrics } from './observability/outbox-metrics.js';
import { LearnedRegions } from '@signalbox/learned-regions';
import { observedGauge } from '@signalbox/platform';
import { UsageOutbox } from './usage/usage-outbox.js';

export type GatewayParts = ReturnType<typeof createGatewayParts>;

/** Makes everything behind the HTTP routes and fits it together; nothing here knows Nest. */
export function createGatewayParts(options: GatewayOptions) {
  const { settings, bus, logger, version, limits } = options;
  const metrics = new GatewayMetrics();
  const dispatcher = createDispatcher({
    connections: limits.upstreamConnections,
    connectTimeoutMs: limits.upstreamConnectTimeoutMs,
  });
  const identities = createIdentities(options, metrics);
  const { outbox, decisions } = createOutboxes(options);
  const learned = new LearnedRegions(logger, () => settings.current.catalog.regionCompat);
  watchContradictions(options, learned);
  const readiness = new Readiness(bus, [outbox, decisions], version, options.models);
  const tools: AttemptTools = {
    dispatcher,
    settings,
    facts: { learnedRegion: learned.regionOf, contradictedRegion: learned.contradictedRegion },
    learned,
    outbox,
    metrics,
    logger,
    version,
    maxAnswerBytes: limits.maxAnswerBytes,
    isDraining: () => readiness.draining,
  };
  const router = new RouterClient(bus);
  const backoff = { firstMs: limits.firstBackoffMs, longestMs: limits.longestBackoffMs };
  const explainTools: ExplainTools = { router, attempt: tools, backoff, agreeWithinMs: limits.agreeWithinMs };
  return {
    adminPort: new AdminPort(options.general.adminPort !== undefined),
    authenticator: createAuthenticator(options, identities),
    calls: createCallService(options, { router, attempt: tools, decisions, backoff }),
    decisions,
    dispatcher,
    explainTools,
    health: new DeploymentHealth(dispatcher, settings, learned),
    identities,
    learned,
    metrics,
    outbox,
    readiness,
    routes: new RouteTable(),
  };
}

/** What an operator is woken for: providers that answer from elsewhere than they should. */
function watchContradictions({ settings }: GatewayOptions, learned: LearnedRegions): void {
  observedGauge(
    'signalbox_contradicted_regions',
    'Deployments whose provider answered from another region than is declared or inferred.',
    () => settings.current.catalog.deployments.filter(learned.contradictedRegion).length,
  );
}

function createCallService(
  { general, limits }: GatewayOptions,
  shared: Pick<CallTools, 'router' | 'attempt' | 'decisions' | 'backoff'>,
): CallService {
  const tools: CallTools = {
    ...shared,
    waits: new RetryWaits(),
    agreeWithinMs: limits.agreeWithinMs,
    dice: Math.random,
  };
  return new CallService(tools, general.maxParallelRequests ?? Infinity);
}

function createIdentities(
  { bus, limits, endUserDefaults }: GatewayOptions,
  metrics: GatewayMetrics,
): IdentityDirectory {
  return new IdentityDirectory(bus, {
    leaseMs: limits.identityLeaseMs,
    maxAgeMs: limits.identityMaxAgeMs,
    maxEntries: limits.identityMaxEntries,
    endUserDefaults,
    onLookup: (isHit) => {
      metrics.identityLookup(isHit);
    },
  });
}

function createAuthenticator({ general }: GatewayOptions, { callers }: IdentityDirectory): Authenticator {
  const { masterKey, keyHeaderName } = general;
  return new Authenticator({ masterKey, keyHeaderName, callers, now: Date.now });
}

function createOutboxes(options: GatewayOptions): { outbox: UsageOutbox; decisions: DecisionOutbox } {
  const { bus, general, limits, logger, usageSpill, decisionSpill } = options;
  const shared = { capacity: limits.usageCapacity, whenFull: general.usageWhenFull, logger };
  return {
    outbox: new UsageOutbox(bus, {
      ...shared,
      spill: usageSpill,
      metrics: outboxMetrics('usage', 'Usage records'),
    }),
    decisions: new DecisionOutbox(bus, {
      ...shared,
      spill: decisionSpill,
      metrics: outboxMetrics('decision', 'Decision records'),
    }),
  };
}
