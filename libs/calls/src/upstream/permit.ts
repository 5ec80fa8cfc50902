import {
  fault,
  FaultError,
  type Catalog,
  type Deployment,
  type Region,
  type Residency,
  type RouteDecision,
} from '@signalbox/contracts';
import { describeResidency, isRegionAllowed, locate, type RouteFacts } from '@signalbox/routing';
import type { DeploymentIndex } from './deployment-index.js';

/** The gateway's own configuration, against which a decision of the router is checked again. */
export interface PermitSettings {
  readonly catalog: Pick<Catalog, 'version' | 'regionCompat'>;
  readonly deployments: DeploymentIndex;
}

/**
 * The right to send one customer's data to one deployment. Only a decision of the router that also passes
 * the gateway's own residency check becomes a permit, and upstream connections open for a permit only: no
 * code path can send data out without both checks having agreed.
 */
export class Permit {
  /** A private name: no object that merely looks like a permit is one, to the compiler and at run time. */
  readonly #granted = true;
  readonly kind = 'call';

  private constructor(
    readonly deployment: Deployment,
    /** For a wildcard group: what replaces `*` in the upstream model. */
    readonly wildcardTail: string | undefined,
    /** Where the deployment answers from, as far as anybody knows. */
    readonly region: Region | undefined,
  ) {}

  /**
   * Checks a decision against the gateway's own catalog, what it learned of regions, and the caller's residency.
   * Throws `catalog_mismatch` or `residency_violation`; nothing has been sent then.
   */
  static forDecision(
    decision: RouteDecision,
    residency: readonly Residency[],
    settings: PermitSettings,
    facts: RouteFacts,
  ): Permit {
    const deployment = settings.deployments.get(decision.deploymentId);
    if (deployment === undefined || decision.catalogVersion !== settings.catalog.version) {
      throw new FaultError(fault('catalog_mismatch'));
    }
    const { region } = locate(deployment, facts);
    if (!isRegionAllowed(region, residency, settings.catalog.regionCompat)) {
      const demanded = describeResidency(residency);
      throw new FaultError(
        fault(
          'residency_violation',
          `The chosen deployment could not be confirmed to be in ${demanded}; nothing was sent.`,
        ),
      );
    }
    return new Permit(deployment, decision.wildcardTail, region);
  }

  /** Whether this was granted here, and not put together elsewhere. */
  static isGranted(permit: Permit): boolean {
    return typeof permit === 'object' && #granted in permit && permit.#granted;
  }
}

/**
 * The right to ask a deployment for its list of models: carries no customer data, so no residency applies.
 */
export class ProbePermit {
  readonly #granted = true;
  readonly kind = 'probe';

  private constructor(readonly deployment: Deployment) {}

  static for(deployment: Deployment): ProbePermit {
    return new ProbePermit(deployment);
  }

  static isGranted(permit: ProbePermit): boolean {
    return typeof permit === 'object' && #granted in permit && permit.#granted;
  }
}
