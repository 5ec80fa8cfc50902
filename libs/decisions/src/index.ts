export type { AdmissionRules } from './admission-request.js';
export { decideBatch, type DecisionSources } from './decide-batch.js';
export { explainDecision, type ExplanationSources } from './explain-decision.js';
export { strategyNamed } from './strategy-named.js';
