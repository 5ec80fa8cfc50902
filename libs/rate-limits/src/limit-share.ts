import type { LimitScope } from '@signalbox/contracts';
import type { AdmitRequest, Limits } from './limit-store.js';

/** Which part of every limit is one's own: the `place`-th (from 0) of `of` equal ones. */
export interface LimitShare {
  readonly place: number;
  readonly of: number;
}

/**
 * The request under this share of every limit. Limits are rounded down and what remains goes by one each to the
 * first places, so that all shares together are exactly the limit: a limit of 1 is 1 for one and 0 for the others.
 */
export function shareLimits(request: AdmitRequest, share: LimitShare): AdmitRequest {
  return {
    ...request,
    candidates: request.candidates.map((candidate) => ({ ...candidate, ...shareOf(candidate, share) })),
    scopes: request.scopes.map((scope) => ({
      ...scope,
      ...shareOf(scope, share),
      ...budgetsOf(scope, share),
    })),
  };
}

/** The request without any limit. */
export function liftLimits(request: AdmitRequest): AdmitRequest {
  return {
    ...request,
    candidates: request.candidates.map(({ id, order, onProbation }) => ({ id, order, onProbation })),
    scopes: request.scopes.map(({ kind, id, countsAnew }) => ({ kind, id, countsAnew })),
  };
}

function shareOf({ rpm, tpm, maxParallelRequests }: Limits, share: LimitShare): Limits {
  return {
    rpm: partOf(rpm, share),
    tpm: partOf(tpm, share),
    maxParallelRequests: partOf(maxParallelRequests, share),
  };
}

function budgetsOf({ budgets }: LimitScope, share: LimitShare): Pick<LimitScope, 'budgets'> {
  return {
    budgets: budgets?.map(({ duration, maxNanoDollars, softNanoDollars }) => ({
      duration,
      maxNanoDollars: partOf(maxNanoDollars, share),
      softNanoDollars: partOf(softNanoDollars, share),
    })),
  };
}

function partOf(limit: number | undefined, { place, of }: LimitShare): number | undefined {
  if (limit === undefined) return undefined;
  return Math.floor(limit / of) + (place < limit % of ? 1 : 0);
}
