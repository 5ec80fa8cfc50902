import type { Deployment, RouteRequest } from '@signalbox/contracts';

/** Deployments with this tag serve requests without tags, and tagged ones that match nothing else. */
export const defaultTag = 'default';

/** LiteLLM's two ways: one shared tag is enough (`matchAny`), or every tag of the request is needed. */
export function sharesTags(deployment: Deployment, request: RouteRequest, matchAny: boolean): boolean {
  const has = (tag: string): boolean => deployment.tags.includes(tag);
  return matchAny ? request.tags.some(has) : request.tags.every(has);
}
