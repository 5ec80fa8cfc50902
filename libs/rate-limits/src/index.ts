export * from './limit-store.js';
export { LimitStoreUnavailable } from './limit-store-unavailable.js';
export { MemoryLimitStore } from './memory-limit-store.js';
