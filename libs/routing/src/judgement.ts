import type { Deployment, Fault, RouteRequest, Verdict } from '@signalbox/contracts';
import type { Location } from './route-facts.js';

/** A deployment that may serve the request, and where it answers from. */
export interface Candidate extends Location {
  readonly deployment: Deployment;
  /** Its cooldown is over and nobody knows yet whether it serves again: one call at a time. */
  readonly onProbation?: boolean;
}

/** A request refused without asking for capacity. */
export interface RefusedJudgement {
  readonly kind: 'refused';
  readonly request: RouteRequest;
  readonly fault: Fault;
  /** One per deployment of the group; empty when the name or the caller's access decided. */
  readonly verdicts: readonly Verdict[];
}

/** A request with at least one candidate; capacity (admission) has the last word. */
export interface OpenJudgement {
  readonly kind: 'open';
  readonly request: RouteRequest;
  readonly catalogVersion: string;
  readonly modelGroup: string;
  readonly wildcardTail?: string;
  /** Candidates by `order`, lowest tier first; a tier is never empty. Inside a tier the strategy arranges them. */
  readonly tiers: readonly (readonly Candidate[])[];
  /** Verdicts of the deployments that are no candidates. */
  readonly rejections: readonly Verdict[];
  /** Every deployment of the group, in the order of the configuration. */
  readonly deploymentIds: readonly string[];
}

/** What can be said about a request from configuration and facts alone. */
export type Judgement = RefusedJudgement | OpenJudgement;
