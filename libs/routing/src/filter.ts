import type { Deployment, RouteRequest, VerdictCode } from '@signalbox/contracts';
import type { FilterFacts } from './route-facts.js';

/** The verdicts a filter can give. */
export type RejectionCode = Extract<
  VerdictCode,
  | 'already_tried'
  | 'team_access'
  | 'region_unknown'
  | 'region_outside'
  | 'tags'
  | 'mode'
  | 'price_unknown'
  | 'context_window'
  | 'cooldown'
>;

/** Why a deployment may not serve a request: a code for machines, a sentence for people. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly detail?: string;
  /** When this reason goes away by itself, milliseconds from now. */
  readonly retryAfterMs?: number;
}

/** Judges one deployment by itself: says no with a reason, or says nothing. */
export type Filter = (
  deployment: Deployment,
  request: RouteRequest,
  facts: FilterFacts,
) => Rejection | undefined;
