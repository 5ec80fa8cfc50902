export type { AnswerClient } from './answer-client.js';
export type { AttemptTools, CallLogger, CallMetrics, UsageSink } from './attempt-tools.js';
export { CallEstimates } from './call-estimates.js';
export { callResidency } from './call-residency.js';
export { callTags, type CallTags, type TaggedCall } from './call-tags.js';
export { loadCallSettings, type CallSettings } from './call-settings.js';
export { CallService } from './call-service.js';
export type { CallTools, Decider, DecisionSink } from './call-tools.js';
export { silentTrace, type CallTrace, type DecideSpan, type UpstreamSpan } from './call-trace.js';
export type { Call } from './call.js';
export { decisionIdHeader, DecisionLog, type KnownCall } from './decision-log.js';
export { errorEnvelope, retryHeaders, type ErrorEnvelope } from './errors/error-envelope.js';
export { httpFailureOf, type CompatLevel, type HttpFailure } from './errors/http-failure.js';
export { UpstreamError } from './errors/upstream-error.js';
export {
  explainCall,
  type CallExplanation,
  type ExplainedStep,
  type ExplainTools,
} from './explain/explain-call.js';
export { memberId, type TagLimits } from './limit-scopes.js';
export { checkedModelName } from './model-name.js';
export { checkedBody, readCall, type CallInput } from './read-call.js';
export { apiBaseOf } from './response-headers.js';
export { RetryWaits } from './retry-waits.js';
export { createDispatcher } from './upstream/create-dispatcher.js';
export { probeDeployment, type ProbeResult } from './upstream/probe-deployment.js';
