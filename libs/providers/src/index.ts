export { countAnswer, countCutAnswer } from './answer/count-answer.js';
export { estimateUsage } from './answer/estimate-usage.js';
export { readUpstreamError, type UpstreamError } from './answer/read-upstream-error.js';
export { readUsage } from './answer/read-usage.js';
export { readUsageFromAnswer, type AnswerReading } from './answer/read-usage-from-answer.js';
export { UsageTap } from './answer/usage-tap.js';
export { listPrices } from './prices/list-prices.js';
export { agreedRegion, finerRegion, regionsContradict } from './regions/compare-regions.js';
export {
  contradictionOf,
  inferRegion,
  regionAddressNames,
  regionSettingNames,
} from './regions/infer-region.js';
export { parseRegion } from './regions/parse-region.js';
export {
  buildUpstreamRequest,
  upstreamModel,
  type UpstreamCall,
  type UpstreamRequest,
} from './request/build-upstream-request.js';
export { defaultApiBase, providersWithDefaultApiBase } from './request/default-api-base.js';
export { endpointKey } from './request/endpoint-key.js';
export { bodyOfForm, patchForm, writeForm, type FormBody, type FormPart } from './request/form-body.js';
export { modeTraits, type ModeTraits } from './request/mode-traits.js';
export { estimateTokens, type EstimateFacts, type TokenEstimate } from './request/estimate-tokens.js';
export { patchBody, type BodyPatch } from './request/patch-body.js';
export {
  checkRequestBody,
  checkRequestChanges,
  type RequestBody,
  type RequestBodyCheck,
} from './request/check-request-body.js';
export { DEFAULT_AZURE_API_VERSION } from './request/upstream-url.js';
export type { TokenCounter } from './tokens/count-texts.js';
export { TokenCounters } from './tokens/token-counters.js';
export type { ModelName } from './tokens/token-family.js';
