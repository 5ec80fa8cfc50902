import {
  fault,
  FaultError,
  type Deployment,
  type ExplainedCandidate,
  type RouteExplanation,
  type RouteRequest,
} from '@signalbox/contracts';
import { LimitStoreUnavailable, type DeploymentUse, type LimitStore } from '@signalbox/rate-limits';
import { locate, namesOfModel, resolveModel, type RouteFacts } from '@signalbox/routing';
import { catalogOf, decideBatch, type DecisionSources } from './decide-batch.js';

export interface ExplanationSources extends Omit<DecisionSources, 'limits'> {
  readonly limits: Pick<LimitStore, 'preview' | 'used'>;
}

/**
 * Decides a request by the very steps of `decideBatch`, with a preview in place of the admission, and says what was
 * known of each candidate. Reserves nothing. Limits that cannot be read refuse it, as they would the call.
 */
export async function explainDecision(
  sources: ExplanationSources,
  request: RouteRequest,
): Promise<RouteExplanation> {
  const { limits, facts } = sources;
  const preview: DecisionSources['limits'] = { admit: (requests) => limits.preview(requests) };
  const [outcome] = await decideBatch({ ...sources, limits: preview }, [request]);
  if (outcome === undefined) throw new FaultError(fault('internal_error'));
  const catalog = catalogOf(sources, request);
  if (catalog === undefined) return { outcome, names: [request.model], candidates: [] };
  const target = resolveModel(catalog, request);
  const deployments = target?.deployments ?? [];
  const uses = await usesOf(limits, deployments);
  return {
    outcome,
    names: [...namesOfModel(catalog, request)],
    ...(target !== undefined && { modelGroup: target.modelGroup }),
    candidates: deployments.map((deployment, index) => explained(deployment, facts, uses[index])),
  };
}

/** Empty while limits cannot be read. */
async function usesOf(
  limits: Pick<LimitStore, 'used'>,
  deployments: readonly Deployment[],
): Promise<readonly DeploymentUse[]> {
  try {
    return await limits.used(deployments.map(({ id }) => id));
  } catch (error) {
    if (error instanceof LimitStoreUnavailable) return [];
    throw error;
  }
}

function explained(
  deployment: Deployment,
  facts: RouteFacts,
  used: DeploymentUse | undefined,
): ExplainedCandidate {
  const cooldown = facts.cooldown?.(deployment);
  return {
    deploymentId: deployment.id,
    ...locate(deployment, facts),
    ...(deployment.order !== undefined && { order: deployment.order }),
    limits: deployment.limits,
    ...(used !== undefined && { used }),
    ...(cooldown !== undefined && { cooldown }),
  };
}
