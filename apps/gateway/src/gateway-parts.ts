import { Authenticator } from './authentication/authenticator.js';
import { IdentityDirectory } from './authentication/identity-directory.js';
import { CallService } from './calls/call-service.js';
import { RouterClient } from './calls/router-client.js';
import { RouteTable } from './errors/route-table.js';
import type { GatewayOptions } from './gateway-options.js';
import { DeploymentHealth } from './health/deployment-health.js';
import { Readiness } from './health/readiness.js';
import { CallMetrics } from './observability/call-metrics.js';
import { createDispatcher } from './upstream/create-dispatcher.js';
import { indexDeployments } from './upstream/deployment-index.js';
import { LearnedRegions } from './upstream/learned-regions.js';
import { UsageOutbox } from './usage/usage-outbox.js';

export type GatewayParts = ReturnType<typeof createGatewayParts>;

/** Makes everything behind the HTTP routes and fits it together; nothing here knows Nest. */
export function createGatewayParts({ settings, bus, logger, version, limits }: GatewayOptions) {
  const { catalog, general, router } = settings;
  const metrics = new CallMetrics();
  const dispatcher = createDispatcher({
    connections: limits.upstreamConnections,
    connectTimeoutMs: limits.upstreamConnectTimeoutMs,
  });
  const identities = new IdentityDirectory(bus, {
    leaseMs: limits.identityLeaseMs,
    maxAgeMs: limits.identityMaxAgeMs,
    maxEntries: limits.identityMaxEntries,
    onLookup: (isHit) => {
      metrics.identityLookup(isHit);
    },
  });
  const authenticator = new Authenticator({
    masterKey: general.masterKey,
    keyHeaderName: general.keyHeaderName,
    callers: identities.callers,
    now: Date.now,
  });
  const outbox = new UsageOutbox(bus, {
    capacity: limits.usageCapacity,
    logger,
    onDropped: (records) => {
      metrics.droppedUsage(records);
    },
  });
  metrics.watchOutbox(() => outbox.depth);
  const learned = new LearnedRegions(catalog.deployments, logger);
  const readiness = new Readiness(bus, version);
  const tools = {
    dispatcher,
    facts: {
      catalog,
      deployments: indexDeployments(catalog),
      learnedRegion: learned.regionOf.bind(learned),
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
  const calls = new CallService(
    new RouterClient(bus),
    tools,
    general.maxParallelRequests ?? Number.POSITIVE_INFINITY,
  );
  const health = new DeploymentHealth(dispatcher, catalog.deployments, learned);
  return {
    authenticator,
    calls,
    dispatcher,
    health,
    identities,
    learned,
    metrics,
    outbox,
    readiness,
    routes: new RouteTable(),
  };
}
