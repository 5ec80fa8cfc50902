import type { Deployment, RouteRequest } from '@signalbox/contracts';
import type { FilterFacts } from './route-facts.js';
import { defaultTag, requiresTag, unmatchedTags, wantsTag } from './tag-matching.js';

/** Names the deployments it would rather take; naming none leaves all. */
type Preference = (
  deployments: readonly Deployment[],
  request: RouteRequest,
  rules: FilterFacts['rules'],
) => readonly Deployment[];

/**
 * A tagged request prefers deployments that match to `default` ones, an untagged request `default` ones. One that only
 * requires tags has said enough.
 */
const matchingTags: Preference = (deployments, request, { tagFiltering }) => {
  if (!tagFiltering.enabled) return deployments;
  if (wantsTag(request)) {
    return deployments.filter(
      (deployment) => unmatchedTags(deployment, request, tagFiltering.matchAny) === undefined,
    );
  }
  if (requiresTag(request)) return deployments;
  return deployments.filter((deployment) => deployment.tags.includes(defaultTag));
};

const preferences: readonly Preference[] = [matchingTags];

/** Applies every preference in turn. They narrow, and never leave nothing where there was something. */
export function applyPreferences(
  deployments: readonly Deployment[],
  request: RouteRequest,
  rules: FilterFacts['rules'],
): readonly Deployment[] {
  return preferences.reduce((left, prefer) => {
    const preferred = prefer(left, request, rules);
    return preferred.length === 0 ? left : preferred;
  }, deployments);
}
