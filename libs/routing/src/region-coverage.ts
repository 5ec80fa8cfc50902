import type { Catalog, Deployment } from '@signalbox/contracts';
import { isRegionAllowed } from './allowed-region.js';
import { indexOf } from './catalog-index.js';
import type { FallbackKind, FallbackRules } from './fallbacks/fallback-rules.js';
import { fallbacksOf } from './fallbacks/fallbacks-of.js';
import { namesOfModel } from './fallbacks/names-of-model.js';
import { reachableModels } from './fallbacks/reachable-models.js';
import { resolveModel, type ModelQuestion } from './resolve-model.js';
import { locate, type Location, type RouteFacts } from './route-facts.js';

/** One deployment and where it is. */
export interface CoveredDeployment extends Location {
  readonly deploymentId: string;
}

/** A model that another one falls back to, as far as regions are concerned. */
export interface CoveredFallback {
  readonly kind: FallbackKind;
  readonly model: string;
  /** Zones in which it can serve. */
  readonly zones: readonly string[];
  /** Zones of the house in which it cannot: callers restricted to one of them never come there. */
  readonly neverFor: readonly string[];
}

/** Where a model group can serve. */
export interface GroupCoverage {
  readonly modelGroup: string;
  readonly deployments: readonly CoveredDeployment[];
  readonly zones: readonly string[];
  /** Zones of the house in which it cannot, neither itself nor by its general fallbacks and theirs: such callers are refused. */
  readonly refusedIn: readonly string[];
  readonly fallbacks: readonly CoveredFallback[];
}

export interface RegionCoverage {
  /** Every zone in which any deployment is; a place outside all zones counts under its own name. */
  readonly zones: readonly string[];
  readonly groups: readonly GroupCoverage[];
}

const kinds: readonly FallbackKind[] = ['general', 'context_window', 'content_policy'];

/**
 * Says for each model group in which zones it can serve, and which of its fallbacks never serve a caller who is
 * restricted to a zone. Regions alone are looked at: tags, limits and lists of models may refuse more, never less.
 */
export function regionCoverage(catalog: Catalog, rules: FallbackRules, facts: RouteFacts): RegionCoverage {
  const house = new House(catalog, facts);
  const groups = [...indexOf(catalog).groups].map(([modelGroup, deployments]): GroupCoverage => {
    const own = house.zonesOf(deployments);
    const fallbacks = kinds.flatMap((kind) => house.fallbacks(modelGroup, rules, kind));
    const reached = new Set([...own, ...house.zonesReached(modelGroup, rules)]);
    return {
      modelGroup,
      deployments: deployments.map((deployment) => ({
        deploymentId: deployment.id,
        ...locate(deployment, facts),
      })),
      zones: own,
      refusedIn: house.zones.filter((zone) => !reached.has(zone)),
      fallbacks,
    };
  });
  return { zones: house.zones, groups };
}

class House {
  readonly zones: readonly string[];

  constructor(
    private readonly catalog: Catalog,
    private readonly facts: RouteFacts,
  ) {
    const named = catalog.deployments.flatMap((deployment) => {
      const { region } = locate(deployment, facts);
      return region === undefined ? [] : [region.zone ?? region.name];
    });
    this.zones = [...new Set(named)].sort();
  }

  /** Zones in which at least one of them may serve a caller who is restricted to that zone. */
  zonesOf(deployments: readonly Deployment[]): string[] {
    return this.zones.filter((zone) =>
      deployments.some((deployment) =>
        isRegionAllowed(
          locate(deployment, this.facts).region,
          [{ allowed: [zone], from: 'request' }],
          this.catalog.regionCompat,
        ),
      ),
    );
  }

  private zonesOfModel(model: string): string[] {
    return this.zonesOf(resolveModel(this.catalog, questionOf(model))?.deployments ?? []);
  }

  /** Zones that a call may come to, by the model itself, its general fallbacks or theirs. */
  zonesReached(modelGroup: string, rules: FallbackRules): string[] {
    return reachableModels(this.catalog, rules, questionOf(modelGroup)).flatMap((model) =>
      this.zonesOfModel(model),
    );
  }

  /** Of a kind without a list of its own, none: the general ones count. */
  fallbacks(modelGroup: string, rules: FallbackRules, kind: FallbackKind): CoveredFallback[] {
    if (kind !== 'general' && rules.tables[kind].length === 0) return [];
    const names = namesOfModel(this.catalog, questionOf(modelGroup));
    const general = fallbacksOf(rules, names, 'general').fallbacks;
    const { fallbacks } = fallbacksOf(rules, names, kind);
    if (kind !== 'general' && fallbacks === general) return [];
    return fallbacks.map(({ model }) => {
      const zones = this.zonesOfModel(model);
      return { kind, model, zones, neverFor: this.zones.filter((zone) => !zones.includes(zone)) };
    });
  }
}

/** Somebody without aliases of its own. */
function questionOf(model: string): ModelQuestion {
  return { model, keyAliases: {}, team: null };
}
