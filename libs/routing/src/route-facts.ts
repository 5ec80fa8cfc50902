import type { Catalog, Deployment, Region, RegionSource } from '@signalbox/contracts';
import type { CooldownPhase } from './cooldown/cooldown-phase.js';

/** What a decision needs to know beside the catalog and the request; gathered before, read synchronously. */
export interface RouteFacts {
  /** The region the provider of this deployment named itself, if it has been heard yet. */
  readonly learnedRegion: (deployment: Deployment) => Region | undefined;
  /**
   * The region its provider answered from, where that contradicts what is declared or inferred. Who compares nothing
   * leaves it out.
   */
  readonly contradictedRegion?: (deployment: Deployment) => Region | undefined;
  /** Undefined: in full service. Who knows of no cooldowns leaves it out. */
  readonly cooldown?: (deployment: Deployment) => CooldownPhase | undefined;
}

/** What every filter may look at: the facts and the rules of the house. */
export interface FilterFacts extends RouteFacts {
  readonly rules: Pick<Catalog, 'tagFiltering' | 'checkContextWindow' | 'regionCompat' | 'unknownPrices'>;
}

/** Where a deployment answers from and how we know it; both absent when nobody knows. */
export interface Location {
  readonly region?: Region;
  readonly regionSource?: RegionSource;
}

/**
 * Declared wins over inferred (both stand in the catalog), learned fills the gap, else unknown. What the provider's own
 * answers contradict is unknown too: one of the two is wrong, and no promise can rest on a guess which.
 */
export function locate(deployment: Deployment, facts: RouteFacts): Location {
  if (deployment.region !== undefined) {
    if (facts.contradictedRegion?.(deployment) !== undefined) return {};
    return { region: deployment.region, regionSource: deployment.regionSource ?? 'declared' };
  }
  const learned = facts.learnedRegion(deployment);
  return learned === undefined ? {} : { region: learned, regionSource: 'learned' };
}
