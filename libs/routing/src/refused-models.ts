import type { Catalog, Residency } from '@signalbox/contracts';
import { isRegionAllowed } from './allowed-region.js';
import type { FallbackRules } from './fallbacks/fallback-rules.js';
import { reachableModels } from './fallbacks/reachable-models.js';
import { resolveModel } from './resolve-model.js';
import { locate, type RouteFacts } from './route-facts.js';
import { isCallable, visibleModels, type ModelViewer } from './visible-models.js';

/** Somebody who is restricted to regions, and what else decides which models it may use. */
export interface RestrictedCustomer extends ModelViewer {
  readonly residency: readonly Residency[];
  readonly keyAliases: Readonly<Record<string, string>>;
}

/**
 * The names of models that a customer may use and is always refused: no deployment of theirs, nor of their general fallbacks that
 * it may use, lies in its regions. Regions, teams and lists of models are looked at: tags and limits may refuse more, never less.
 */
export function refusedModels(
  catalog: Catalog,
  rules: FallbackRules,
  facts: RouteFacts,
  customer: RestrictedCustomer,
): string[] {
  const { residency, keyAliases, team } = customer;
  const isServed = (model: string): boolean =>
    (resolveModel(catalog, { model, keyAliases, team: team && { ...team } })?.deployments ?? []).some(
      (deployment) =>
        (deployment.teamId === undefined || deployment.teamId === team?.teamId) &&
        isRegionAllowed(locate(deployment, facts).region, residency, catalog.regionCompat),
    );
  return visibleModels(catalog, customer).filter((name) => {
    const reached = reachableModels(catalog, rules, { model: name, keyAliases, team: team && { ...team } });
    return !reached.some((model) => isServed(model) && isCallable(catalog, customer, model));
  });
}
