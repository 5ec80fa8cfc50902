export {
  CooldownStoreUnavailable,
  type Cooldown,
  type CooldownEffect,
  type CooldownOrder,
  type CooldownStore,
  type CountedAttempts,
  type EndedAttempt,
} from './cooldown-store.js';
export { KnownCooldowns, type KnownCooldownsOptions } from './known-cooldowns.js';
export { MemoryCooldownStore } from './memory-cooldown-store.js';
export {
  cooldownPolicy,
  endedAttempt,
  recordAttempts,
  type CooldownChange,
  type CooldownPolicy,
} from './record-attempts.js';
export { RedisCooldownStore, type RedisCooldownStoreOptions } from './redis-cooldown-store.js';
