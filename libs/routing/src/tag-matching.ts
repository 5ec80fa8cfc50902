import type { Deployment, RouteRequest } from '@signalbox/contracts';

/** Deployments with this tag serve requests without tags, and tagged ones that match nothing else. */
export const defaultTag = 'default';

/** Before a tag: deployments that have it are out. */
const EXCLUDED = '!';
/** Before a tag: only deployments that have it. */
const REQUIRED = '&';

/** The first tag of the kind `!tag` or `&tag` that the deployment does not obey. */
export function disobeyedTag({ tags }: Deployment, request: RouteRequest): string | undefined {
  return request.tags.find(
    (tag) =>
      tag.length > 1 &&
      ((tag.startsWith(EXCLUDED) && tags.includes(tag.slice(1))) ||
        (tag.startsWith(REQUIRED) && !tags.includes(tag.slice(1)))),
  );
}

/** Whether a request names a tag that only deployments with that tag may serve. */
export function requiresTag({ tags }: RouteRequest): boolean {
  return tags.some((tag) => tag.startsWith(REQUIRED) && tag.length > 1);
}

/** Whether a request names a tag without a sign before it. */
export function wantsTag({ tags }: RouteRequest): boolean {
  return tags.some(isPlain);
}

/**
 * The plain tags of the first group that the deployment does not match. LiteLLM has two ways: one shared tag is enough
 * (`matchAny`), or every tag of the group is needed. Groups are by who set them: what a caller asks for narrows what
 * its key and team have.
 */
export function unmatchedTags(
  deployment: Deployment,
  { tags, tagGroups }: RouteRequest,
  matchAny: boolean,
): readonly string[] | undefined {
  if (tagGroups === undefined) return matches(deployment, tags, matchAny) ? undefined : tags.filter(isPlain);
  return tagGroups.find((group) => !matches(deployment, group, matchAny))?.filter(isPlain);
}

function matches({ tags }: Deployment, group: readonly string[], matchAny: boolean): boolean {
  let isAsked = false;
  for (const tag of group) {
    if (!isPlain(tag)) continue;
    isAsked = true;
    // One that is there settles "any", one that is not settles "all".
    if (tags.includes(tag) === matchAny) return matchAny;
  }
  return !isAsked || !matchAny;
}

/** The tag that a call has by this word, with or without a sign; undefined where the word excludes one. */
export function namedTag(word: string): string | undefined {
  if (word.startsWith(EXCLUDED)) return undefined;
  return word.startsWith(REQUIRED) ? word.slice(1) : word;
}

function isPlain(tag: string): boolean {
  return !tag.startsWith(EXCLUDED) && !tag.startsWith(REQUIRED);
}
