import {
  errorEnvelope,
  httpFailureOf,
  retryHeaders,
  UpstreamError,
  type Call,
  type CompatLevel,
  type ExplainedStep,
} from '@signalbox/calls';
import {
  formatDollars,
  type ExplainedCandidate,
  type ScopeVerdict,
  type Verdict,
} from '@signalbox/contracts';
import { callerOf } from '../authentication/principal.js';
import type { ExplainedCall } from './call-explainer.js';

/** What became of a call, in the words of the HTTP API. */
export function explanationAnswer(explained: ExplainedCall, compatLevel: CompatLevel) {
  const { call, explanation, error, seesAll } = explained;
  const steps = explanation?.steps ?? [];
  const [first] = steps;
  const pick = steps.at(-1)?.result === 'answers' ? steps.at(-1) : undefined;
  return {
    caller: callerAnswer(explained),
    ...(call !== undefined && { policy: policyAnswer(call) }),
    model: first?.model ?? call?.model ?? null,
    names: first?.names ?? [],
    model_group: first?.modelGroup ?? null,
    candidates: first === undefined ? [] : candidatesOf(first, seesAll),
    caller_limits: (first?.outcome.scopeVerdicts ?? []).map(scopeAnswer),
    attempts: steps.map((step) => stepAnswer(step, seesAll)),
    pick: pick === undefined ? null : pickOf(pick),
    fallbacks: Object.fromEntries(
      Object.entries(explanation?.fallbacks ?? {}).map(([kind, models]) => [
        kind,
        models.map((step) => fallbackAnswer(step, seesAll)),
      ]),
    ),
    error: error === undefined ? null : errorAnswer(error, compatLevel),
  };
}

function callerAnswer({ principal, call }: ExplainedCall) {
  const caller = principal && callerOf(principal);
  return {
    kind: principal?.kind ?? null,
    key_hash: caller?.keyHash ?? null,
    key_alias: caller?.keyAlias ?? null,
    user_id: caller?.userId ?? null,
    team_id: caller?.team?.teamId ?? null,
    end_user_id: call?.endUserId ?? null,
  };
}

/** The rules the call is under, whoever set them. */
function policyAnswer({ residency, tags, caller, promptTokens, outputTokens, mayFallBack }: Call) {
  return {
    regions: residency.map(({ from, allowed }) => ({ from, allowed })),
    tags,
    models: {
      key: caller?.models ?? [],
      team: caller?.team?.models ?? [],
      user: caller?.user?.models ?? [],
    },
    may_fall_back: mayFallBack,
    tokens: { prompt: promptTokens, answer: outputTokens },
  };
}

function candidatesOf({ candidates, outcome }: ExplainedStep, seesAll: boolean) {
  const verdicts = new Map(outcome.verdicts.map((verdict) => [verdict.deploymentId, verdict]));
  return candidates.flatMap((candidate) => {
    const verdict = verdicts.get(candidate.deploymentId);
    // A deployment of another team does not exist for this caller.
    if (!seesAll && (verdict?.code === 'team_access' || verdict === undefined)) return [];
    return [candidateAnswer(candidate, verdict)];
  });
}

function candidateAnswer(candidate: ExplainedCandidate, verdict: Verdict | undefined) {
  const { deploymentId, order = null, limits, used = null, cooldown } = candidate;
  return {
    model_id: deploymentId,
    // Without one, nobody looked at deployments: the name or the caller's lists decided.
    verdict: verdict?.code ?? null,
    ...(verdict?.detail !== undefined && { detail: verdict.detail }),
    ...(verdict?.retryAfterMs !== undefined && { retry_after_ms: verdict.retryAfterMs }),
    region: regionAnswer(candidate),
    order,
    limits: {
      rpm: limits.rpm ?? null,
      tpm: limits.tpm ?? null,
      max_parallel_requests: limits.maxParallelRequests ?? null,
    },
    used,
    cooldown:
      cooldown === undefined
        ? null
        : { phase: cooldown.phase, reason: cooldown.reason, retry_after_ms: cooldown.retryAfterMs },
  };
}

function regionAnswer({ region, regionSource }: Pick<ExplainedCandidate, 'region' | 'regionSource'>) {
  if (region === undefined) return null;
  const { name, zone = null, country = null } = region;
  return { name, zone, country, confidence: regionSource ?? null };
}

function scopeAnswer({ kind, code, retryAfterMs, state: { budget, ...limits } }: ScopeVerdict) {
  return {
    scope: kind,
    verdict: code,
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    limit_requests: limits.limitRequests ?? null,
    remaining_requests: limits.remainingRequests ?? null,
    limit_tokens: limits.limitTokens ?? null,
    remaining_tokens: limits.remainingTokens ?? null,
    ...(budget !== undefined && {
      budget: {
        max: Number(formatDollars(budget.maxNanoDollars)),
        spent: Number(formatDollars(budget.spentNanoDollars)),
        duration: budget.duration ?? null,
      },
    }),
  };
}

function stepAnswer(step: ExplainedStep, seesAll: boolean) {
  const { model, result, outcome } = step;
  return {
    model,
    result,
    ...(outcome.outcome === 'chosen' ? pickOf(step) : { code: outcome.fault.code }),
    verdicts: candidatesOf(step, seesAll).map(({ model_id, verdict }) => ({ model_id, verdict })),
  };
}

function fallbackAnswer(step: ExplainedStep, seesAll: boolean) {
  const { outcome } = step;
  return {
    model: step.model,
    ...(outcome.outcome === 'chosen' ? { pick: pickOf(step) } : { pick: null, code: outcome.fault.code }),
    candidates: candidatesOf(step, seesAll).map(({ model_id, verdict, region }) => ({
      model_id,
      verdict,
      region,
    })),
  };
}

function pickOf({ outcome }: ExplainedStep) {
  if (outcome.outcome !== 'chosen') return undefined;
  return {
    model_id: outcome.deploymentId,
    model_group: outcome.modelGroup,
    region: regionAnswer(outcome),
    reserves_tokens: outcome.reservedTokens,
  };
}

/** Status, headers and body as the error filter would send them. */
function errorAnswer(error: NonNullable<ExplainedCall['error']>, compatLevel: CompatLevel) {
  const failure = error instanceof UpstreamError ? error.failure : httpFailureOf(error.fault, compatLevel);
  return {
    status: failure.status,
    ...(error instanceof UpstreamError ? {} : { code: error.fault.code }),
    headers: retryHeaders(failure),
    body: errorEnvelope(failure),
  };
}
