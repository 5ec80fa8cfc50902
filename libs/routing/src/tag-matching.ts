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

/**
 * The first group of plain tags that the deployment does not match. LiteLLM has two ways: one shared tag is enough
 * (`matchAny`), or every tag of the group is needed.
 */
export function unmatchedTags(
  deployment: Deployment,
  request: RouteRequest,
  matchAny: boolean,
): readonly string[] | undefined {
  const has = (tag: string): boolean => deployment.tags.includes(tag);
  return plainTags(request).find((tags) => (matchAny ? !tags.some(has) : !tags.every(has)));
}

/** Tags without a sign before them, by who set them: what a caller asks for narrows what its key and team have. */
export function plainTags({ tags, tagGroups = [tags] }: RouteRequest): string[][] {
  const groups = tagGroups.map((group) =>
    group.filter((tag) => !tag.startsWith(EXCLUDED) && !tag.startsWith(REQUIRED)),
  );
  return groups.filter((group) => group.length > 0);
}
