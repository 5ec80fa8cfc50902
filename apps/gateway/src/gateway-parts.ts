import {
  type AttemptTools,
  type CallEstimates,
  CallService,
  type CallTools,
  createDispatcher,
  indexDeployments,
  RetryWaits,
} from '@signalbox/calls';
import { Authenticator } from './authentication/authenticator.js';
import { IdentityDirectory } from './authentication/identity-directory.js';
import { RouterClient } from './calls/router-client.js';
import { RouteTable } from './errors/route-table.js';
import type { GatewayOptions } from './gateway-options.js';
import { DeploymentHealth } from './health/deployment-health.js';
import { Readiness } from './health/readiness.js';
import { GatewayMetrics } from './observability/gateway-metrics.js';
import { LearnedRegions } from '@signalbox/learned-regions';
import { UsageOutbox } from './usage/usage-outbox.js';

export type GatewayParts = ReturnType<typeof createGatewayParts>;

/** Makes everything behind the HTTP routes and fits it together; nothing here knows Nest. */
export function createGatewayParts(options: GatewayOptions, estimates: CallEstimates) {
  const { settings, bus, logger, version, limits } = options;
  const { catalog, router } = settings;
  const metrics = new GatewayMetrics();
  const dispatcher = createDispatcher({
    connections: limits.upstreamConnections,
    connectTimeoutMs: limits.upstreamConnectTimeoutMs,
  });
  const identities = createIdentities(options, metrics);
  const outbox = createOutbox(options, metrics);
  const learned = new LearnedRegions(catalog.deployments, logger);
  const readiness = new Readiness(bus, version);
  const tools: AttemptTools = {
    dispatcher,
    facts: {
      catalog,
      deployments: indexDeployments(catalog),
      learnedRegion: (deployment) => learned.regionOf(deployment),
    },
    learned,
    outbox,
    metrics,
    router,
    logger,
    version,
    maxAnswerBytes: limits.maxAnswerBytes,
    isDraining: () => readiness.draining,
  };
  return {
    authenticator: createAuthenticator(options, identities),
    calls: createCallService(options, tools, estimates),
    dispatcher,
    estimates,
    health: new DeploymentHealth(dispatcher, catalog.deployments, learned),
    identities,
    learned,
    metrics,
    outbox,
    readiness,
    routes: new RouteTable(),
  };
}

function createCallService(
  { settings, bus, limits }: GatewayOptions,
  attempt: AttemptTools,
  estimates: CallEstimates,
): CallService {
  const tools: CallTools = {
    router: new RouterClient(bus),
    attempt,
    catalog: settings.catalog,
    estimates,
    waits: new RetryWaits(),
    backoff: { firstMs: limits.firstBackoffMs, longestMs: limits.longestBackoffMs },
    dice: Math.random,
  };
  return new CallService(tools, settings.general.maxParallelRequests ?? Infinity);
}

function createIdentities({ bus, limits }: GatewayOptions, metrics: GatewayMetrics): IdentityDirectory {
  return new IdentityDirectory(bus, {
    leaseMs: limits.identityLeaseMs,
    maxAgeMs: limits.identityMaxAgeMs,
    maxEntries: limits.identityMaxEntries,
    onLookup: (isHit) => {
      metrics.identityLookup(isHit);
    },
  });
}

function createAuthenticator({ settings }: GatewayOptions, { callers }: IdentityDirectory): Authenticator {
  const { masterKey, keyHeaderName } = settings.general;
  return new Authenticator({ masterKey, keyHeaderName, callers, now: Date.now });
}

function createOutbox({ bus, limits, logger }: GatewayOptions, metrics: GatewayMetrics): UsageOutbox {
  const outbox = new UsageOutbox(bus, {
    capacity: limits.usageCapacity,
    logger,
    onDropped: (records) => {
      metrics.droppedUsage(records);
    },
  });
  metrics.watchOutbox(() => outbox.depth);
  return outbox;
}
