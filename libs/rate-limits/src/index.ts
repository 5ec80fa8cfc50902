export { connectRedis, type RedisConnection } from './connect-redis.js';
export {
  DegradingLimitStore,
  type DegradingLimitStoreOptions,
  type LimitsWhenAway,
  type Schedule,
} from './degrading-limit-store.js';
export type { LimitShare } from './limit-share.js';
export * from './limit-store.js';
export * from './soft-budgets.js';
export { LimitStoreUnavailable } from './limit-store-unavailable.js';
export { MemoryLimitStore } from './memory-limit-store.js';
export { RedisLimitStore, type RedisLimitStoreOptions, type Unsettled } from './redis-limit-store.js';
export { loadScript, type RedisScript } from './redis-script.js';
