export { describeResidency, isRegionAllowed } from './allowed-region.js';
export { arrange } from './arrange.js';
export { callCost } from './call-cost.js';
export { conclude, refuse, type Admission, type AdmissionVerdict } from './conclude.js';
export type { CooldownPhase } from './cooldown/cooldown-phase.js';
export {
  cooldownTimeOf,
  type CooldownFailure,
  type CooldownRules,
  type FailureCounts,
} from './cooldown/cooldown-rules.js';
export {
  decideCooldown,
  type CooldownDecision,
  type CooldownEvent,
  type CooldownReason,
  type CooldownState,
  type CooldownSubject,
} from './cooldown/decide-cooldown.js';
export { signalOfAttempt, type CooldownSignal } from './cooldown/signal-of-attempt.js';
export {
  regionCoverage,
  type CoveredFallback,
  type GroupCoverage,
  type RegionCoverage,
} from './region-coverage.js';
export { fallbackOverrides } from './fallbacks/fallback-overrides.js';
export {
  emptyPlan,
  nextHop,
  type FailedModel,
  type FallbackHop,
  type FallbackPlan,
} from './fallbacks/fallback-plan.js';
export {
  rulesOfCall,
  type AskedFallbacks,
  type Fallback,
  type FallbackEntry,
  type FallbackKind,
  type FallbackRules,
} from './fallbacks/fallback-rules.js';
export { namesOfModel } from './fallbacks/names-of-model.js';
export { hasBudget } from './filters/known-price.js';
export type { Filter, Rejection, RejectionCode } from './filter.js';
export { judge } from './judge.js';
export type { Candidate, Judgement, OpenJudgement, RefusedJudgement } from './judgement.js';
export { refusedModels, type RestrictedCustomer } from './refused-models.js';
export { requestedTokens } from './requested-tokens.js';
export { resolveModel, type ModelQuestion, type ModelTarget } from './resolve-model.js';
export {
  decideRetry,
  mostRetries,
  retriesAllowed,
  waitBeforeRetry,
  type RetryQuestion,
  type WaitQuestion,
} from './retries/decide-retry.js';
export type { Backoff, FailureClass, RetryCounts, RetryRules } from './retries/retry-rules.js';
export { locate, type Location, type RouteFacts } from './route-facts.js';
export { costBased } from './strategies/cost-based.js';
export { latencySamplesOf, type MeasuredLatency } from './strategies/latency-samples-of.js';
export { latencyBased } from './strategies/latency-based.js';
export { leastBusy } from './strategies/least-busy.js';
export { simpleShuffle } from './strategies/simple-shuffle.js';
export type { Strategy, StrategyFacts } from './strategies/strategy.js';
export { usageBased } from './strategies/usage-based.js';
export { namedTag } from './tag-matching.js';
export { summariseVerdicts } from './summarise-verdicts.js';
export { visibleModels, type ModelViewer } from './visible-models.js';
