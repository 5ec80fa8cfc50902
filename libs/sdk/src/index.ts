export type { AttemptUsage } from './attempt-usage.js';
export type {
  AllowedFailsPolicy,
  CallOptions,
  LitellmParams,
  ModelInfo,
  ModelListEntry,
  RetryPolicy,
  RouterLogger,
  RouterOptions,
  RouterSettings,
} from './router-options.js';
export { RouterOptionsError, type OptionFault } from './router-options-error.js';
export { Router } from './router.js';
