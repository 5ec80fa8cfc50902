import type { LimitScope } from '@signalbox/contracts';
import type { AdmitRequest } from './limit-store.js';

/** Requests that an admission takes of a scope: a further attempt of a call that was counted there takes none. */
export function requestsOfScope(
  { countsAnew }: LimitScope,
  { previous }: Pick<AdmitRequest, 'previous'>,
): 0 | 1 {
  return previous === undefined || countsAnew === true ? 1 : 0;
}

/** The scopes with the limits that may be in the way: who takes no request is not held up by their number. */
export function limitsInTheWay(request: AdmitRequest): readonly LimitScope[] {
  const { scopes, previous } = request;
  if (previous === undefined) return scopes;
  return scopes.map((scope) =>
    requestsOfScope(scope, request) === 0 ? { ...scope, rpm: undefined } : scope,
  );
}
