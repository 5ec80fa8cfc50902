export { checkAddedModel, withAddedModels, type AddedModel, type CheckedModel } from './added-models.js';
export { Current } from './current.js';
export { withoutFixed } from './fixed-settings.js';
export { formatConfigNotes, type ConfigNote } from './config-note.js';
export { loadConfig, readConfig, type LoadedConfig } from './load-config.js';
export { redisUrlOf } from './redis-url.js';
export type { Environment } from './resolve-environment.js';
export {
  decisionRecords,
  limitsWithoutRedis,
  usageWhenFull,
  routingStrategies,
  type DecisionRecords,
  type FallbackEntry,
  type FallbackSettings,
  type GeneralSettings,
  type LatencySettings,
  type LimitsWithoutRedis,
  type UsageWhenFull,
  type RedisSettings,
  type RetryCounts,
  type RouterSettings,
  type RoutingStrategy,
  type Settings,
} from './settings.js';
