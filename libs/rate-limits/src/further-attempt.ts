import type { LimitScope } from '@signalbox/contracts';
import type { AdmitRequest } from './limit-store.js';

/** Requests that an admission takes of each scope: a further attempt of a call that was counted takes none. */
export function requestsOfScopes({ previous }: Pick<AdmitRequest, 'previous'>): 0 | 1 {
  return previous === undefined ? 1 : 0;
}

/** The scopes with the limits that may be in the way: who takes no request is not held up by their number. */
export function limitsInTheWay({ scopes, previous }: AdmitRequest): readonly LimitScope[] {
  return previous === undefined ? scopes : scopes.map((scope) => ({ ...scope, rpm: undefined }));
}
