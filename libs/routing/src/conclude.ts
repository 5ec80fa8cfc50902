import {
  fault,
  type Fault,
  type LimitAccuracy,
  type RateLimitState,
  type RouteDecision,
  type RouteOutcome,
  type RouteRefusal,
  type ScopeVerdict,
  type Verdict,
} from '@signalbox/contracts';
import type { Candidate, Judgement, OpenJudgement } from './judgement.js';
import { overLimits } from './admission-fault.js';
import { callerLimitFault } from './caller-limit-fault.js';
import { requestedTokens } from './requested-tokens.js';

/** What admission says about one candidate it was offered. */
export interface AdmissionVerdict {
  readonly id: string;
  readonly code: 'chosen' | 'eligible' | 'rpm' | 'tpm' | 'parallel';
  /** Milliseconds until it would fit; absent: it fits, or never will. */
  readonly retryAfterMs?: number | undefined;
}

/** Admission's answer for one request; the answer of a `LimitStore` has this shape. */
export interface Admission {
  /** The candidate on which capacity is reserved now; absent: none had enough. */
  readonly chosenId?: string | undefined;
  readonly verdicts: readonly AdmissionVerdict[];
  /** One per scope of the request; more than its fields may stand there. */
  readonly scopeVerdicts?: readonly ScopeVerdict[] | undefined;
  readonly state?: RateLimitState | undefined;
  readonly limits?: LimitAccuracy | undefined;
}

/**
 * Turns a judgement into the answer for the gateway. Without an admission nothing limits the choice, and the
 * first candidate of the lowest `order` is taken.
 */
export function conclude(judgement: Judgement, admission?: Admission): RouteOutcome {
  if (judgement.kind === 'refused') {
    return refusal(judgement, judgement.fault, [...judgement.verdicts]);
  }
  const taken = admission ?? unlimited(judgement);
  const candidates = judgement.tiers.flat();
  const chosen = candidates.find(({ deployment }) => deployment.id === taken.chosenId);
  const verdicts = allVerdicts(judgement, taken);
  if (chosen !== undefined) return decision(judgement, chosen, verdicts, taken);
  // A chosen id that was never offered could be outside the allowed region: never pass it on.
  if (taken.chosenId !== undefined) return refusal(judgement, fault('internal_error'), verdicts, taken);
  const reason =
    callerLimitFault(judgement.request, taken.scopeVerdicts ?? []) ??
    overLimits(judgement, verdicts, taken.limits);
  return refusal(judgement, reason, verdicts, taken);
}

/** Refuses an open judgement for a reason outside the decision itself: that limits cannot be read. */
export function refuse(judgement: Judgement, reason: Fault): RouteRefusal {
  if (judgement.kind === 'refused') return refusal(judgement, judgement.fault, [...judgement.verdicts]);
  return refusal(judgement, reason, allVerdicts(judgement, { verdicts: [] }), { limits: 'degraded' });
}

function unlimited({ tiers }: OpenJudgement): Admission {
  return { chosenId: tiers[0]?.[0]?.deployment.id, verdicts: [] };
}

function decision(
  { request, modelGroup, wildcardTail, catalogVersion }: OpenJudgement,
  { deployment, region, regionSource }: Candidate,
  verdicts: Verdict[],
  admission: Admission,
): RouteDecision {
  return {
    outcome: 'chosen',
    requestId: request.requestId,
    attemptId: request.attemptId,
    deploymentId: deployment.id,
    modelGroup,
    ...(wildcardTail === undefined ? {} : { wildcardTail }),
    ...(region === undefined ? {} : { region }),
    ...(regionSource === undefined ? {} : { regionSource }),
    catalogVersion,
    verdicts,
    rateLimits: admission.state ?? {},
    reservedTokens: requestedTokens(request),
    ...([deployment.limits, ...(request.scopes ?? [])].some(hasSlots) && { holdsSlot: true }),
    ...toldOf(admission),
  };
}

function hasSlots({ maxParallelRequests }: { readonly maxParallelRequests?: number | undefined }): boolean {
  return maxParallelRequests !== undefined;
}

function refusal(
  { request: { requestId, attemptId } }: Judgement,
  reason: Fault,
  verdicts: Verdict[],
  admission: LimitsTold = {},
): RouteRefusal {
  return { outcome: 'refused', requestId, attemptId, fault: reason, verdicts, ...toldOf(admission) };
}

type LimitsTold = Pick<Admission, 'scopeVerdicts' | 'limits'>;

/** What decisions and refusals both tell of the limits they were made under. */
function toldOf({ scopeVerdicts = [], limits }: LimitsTold): Pick<RouteDecision, 'scopeVerdicts' | 'limits'> {
  return {
    ...(scopeVerdicts.length > 0 && { scopeVerdicts: scopeVerdicts.map(scopeVerdict) }),
    ...(limits !== undefined && { limits }),
  };
}

/** Without what else a store may say, such as whose scope it is. */
function scopeVerdict({ kind, code, retryAfterMs, state }: ScopeVerdict): ScopeVerdict {
  return { kind, code, ...(retryAfterMs !== undefined && { retryAfterMs }), state };
}

/** One verdict per deployment of the group, in the order of the configuration. */
function allVerdicts(judgement: OpenJudgement, admission: Admission): Verdict[] {
  const verdicts = new Map(judgement.rejections.map((verdict) => [verdict.deploymentId, verdict]));
  const admitted = new Map(admission.verdicts.map((verdict) => [verdict.id, verdict]));
  const chosenTier = judgement.tiers.findIndex((tier) =>
    tier.some(({ deployment }) => deployment.id === admission.chosenId),
  );
  for (const [tierIndex, tier] of judgement.tiers.entries()) {
    const unused = chosenTier !== -1 && tierIndex > chosenTier ? 'lower_order' : 'eligible';
    for (const candidate of tier) {
      const { deployment } = candidate;
      verdicts.set(deployment.id, candidateVerdict(candidate, unused, admission, admitted));
    }
  }
  return judgement.deploymentIds.flatMap((id) => verdicts.get(id) ?? []);
}

function candidateVerdict(
  { deployment: { id: deploymentId }, onProbation }: Candidate,
  unused: 'eligible' | 'lower_order',
  { chosenId }: Admission,
  admitted: ReadonlyMap<string, AdmissionVerdict>,
): Verdict {
  if (deploymentId === chosenId) return { deploymentId, code: 'chosen' };
  const verdict = admitted.get(deploymentId);
  if (verdict === undefined || verdict.code === 'eligible' || verdict.code === 'chosen') {
    return { deploymentId, code: unused };
  }
  const { code, retryAfterMs } = verdict;
  const waiting = retryAfterMs === undefined ? {} : { retryAfterMs };
  return onProbation === true && code === 'parallel'
    ? {
        deploymentId,
        code: 'cooldown',
        detail: 'one call is finding out whether it serves again',
        ...waiting,
      }
    : { deploymentId, code, ...waiting };
}
