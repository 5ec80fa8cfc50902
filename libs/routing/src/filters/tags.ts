import type { Filter } from '../filter.js';
import { defaultTag, sharesTags } from '../tag-matching.js';

/**
 * With tag filtering on, a tagged request reaches deployments that match its tags, and those tagged
 * `default` for when none does. An untagged request is refused nowhere.
 */
export const tags: Filter = (deployment, request, { rules }) => {
  if (!rules.tagFiltering.enabled || request.tags.length === 0) return undefined;
  if (deployment.tags.includes(defaultTag)) return undefined;
  if (sharesTags(deployment, request, rules.tagFiltering.matchAny)) return undefined;
  const wanted = `${rules.tagFiltering.matchAny ? 'any' : 'all'} of ${request.tags.join(', ')}`;
  return { code: 'tags', detail: `does not have ${wanted}` };
};
