/** Names under which Nest hands out what is not a class of ours. */

/** The client of ioredis. */
export const REDIS = Symbol('REDIS');
/** The `LimitStore` whose reservations are settled. */
export const LIMITS = Symbol('LIMITS');
/** Milliseconds since 1970, a function. */
export const CLOCK = Symbol('CLOCK');
/** The `KeyObject` that heads of decision chains are signed with. */
export const SIGNING_KEY = Symbol('SIGNING_KEY');
