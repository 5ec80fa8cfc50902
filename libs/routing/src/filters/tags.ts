import type { Filter } from '../filter.js';
import { defaultTag, disobeyedTag, unmatchedTags } from '../tag-matching.js';

/**
 * With tag filtering on, a tagged request reaches deployments that match its tags, and those tagged
 * `default` for when none does. `!tag` and `&tag` are obeyed by those too. An untagged request is refused nowhere.
 */
export const tags: Filter = (deployment, request, { rules }) => {
  const { enabled, matchAny } = rules.tagFiltering;
  if (!enabled || request.tags.length === 0) return undefined;
  const disobeyed = disobeyedTag(deployment, request);
  if (disobeyed !== undefined) return { code: 'tags', detail: `does not obey ${disobeyed}` };
  if (deployment.tags.includes(defaultTag)) return undefined;
  const unmatched = unmatchedTags(deployment, request, matchAny);
  if (unmatched === undefined) return undefined;
  return { code: 'tags', detail: `does not have ${matchAny ? 'any' : 'all'} of ${unmatched.join(', ')}` };
};
