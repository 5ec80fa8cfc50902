export { describeResidency, isRegionAllowed } from './allowed-region.js';
export { conclude, refuse, type Admission, type AdmissionVerdict } from './conclude.js';
export type { Filter, Rejection, RejectionCode } from './filter.js';
export { judge } from './judge.js';
export type { Candidate, Judgement, OpenJudgement, RefusedJudgement } from './judgement.js';
export { requestedTokens } from './requested-tokens.js';
export { locate, type Location, type RouteFacts } from './route-facts.js';
export { visibleModels, type ModelViewer } from './visible-models.js';
