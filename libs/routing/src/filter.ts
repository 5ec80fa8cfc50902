import type { Deployment, RouteRequest, VerdictCode } from '@signalbox/contracts';
import type { FilterFacts } from './route-facts.js';

/** The verdicts a filter can give: all but those of preferences and admission. */
export type RejectionCode = Exclude<
  VerdictCode,
  'chosen' | 'eligible' | 'lower_order' | 'not_preferred' | 'rpm' | 'tpm' | 'parallel'
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
