import type { Catalog, Deployment, Fault, RouteRequest, Verdict } from '@signalbox/contracts';
import { applyFilters, type FilteredOut } from './apply-filters.js';
import type { Candidate, Judgement } from './judgement.js';
import { deniedBy } from './model-access.js';
import { withModelScopes } from './model-scopes.js';
import { orderTiers } from './order-tiers.js';
import { applyPreferences } from './preferences.js';
import { accessDenied, filteredOutFault, modelNotFound } from './refusal-faults.js';
import { findTarget, followAliases } from './resolve-model.js';
import { locate, type RouteFacts } from './route-facts.js';

/**
 * Judges one request as far as configuration and facts go: resolves the model name, checks the caller's
 * model lists, filters, prefers. What is left are the candidates to be offered to admission.
 *
 * A caller with a model list is told "not allowed" for every name outside it, whether such a model exists or
 * not, so that nobody can find out which models others use. Callers without lists hear `model_not_found`.
 */
export function judge(catalog: Catalog, asked: RouteRequest, facts: RouteFacts): Judgement {
  const path = followAliases(catalog, asked);
  const target = findTarget(catalog, path.afterGroupAlias);
  const denial = deniedBy(asked, path, target?.modelGroup);
  if (denial !== undefined) return refused(asked, accessDenied(denial, asked));
  if (target === undefined) return refused(asked, modelNotFound(asked));
  const request = withModelScopes(asked, path.afterGroupAlias, target.modelGroup);

  const { passed, rejected } = applyFilters(target.deployments, request, { ...facts, rules: catalog });
  if (passed.length === 0) {
    return refused(request, filteredOutFault(rejected, request), rejected.map(verdictOf));
  }
  const preferred = applyPreferences(passed, request, catalog);
  return {
    kind: 'open',
    request,
    catalogVersion: catalog.version,
    modelGroup: target.modelGroup,
    ...(target.wildcardTail === undefined ? {} : { wildcardTail: target.wildcardTail }),
    tiers: orderTiers(preferred.map((deployment) => candidate(deployment, facts))),
    rejections: [...rejected.map(verdictOf), ...notPreferred(passed, preferred)],
    deploymentIds: target.deployments.map(({ id }) => id),
  };
}

function refused(request: RouteRequest, fault: Fault, verdicts: readonly Verdict[] = []): Judgement {
  return { kind: 'refused', request, fault, verdicts };
}

function candidate(deployment: Deployment, facts: RouteFacts): Candidate {
  const onProbation = facts.cooldown?.(deployment)?.phase === 'probation';
  return { deployment, ...locate(deployment, facts), ...(onProbation ? { onProbation } : {}) };
}

function verdictOf({ deployment, code, detail, retryAfterMs }: FilteredOut): Verdict {
  return {
    deploymentId: deployment.id,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function notPreferred(passed: readonly Deployment[], preferred: readonly Deployment[]): Verdict[] {
  if (passed.length === preferred.length) return [];
  const taken = new Set(preferred);
  return passed
    .filter((deployment) => !taken.has(deployment))
    .map(({ id }) => ({ deploymentId: id, code: 'not_preferred', detail: 'others match the tags better' }));
}
