/** Names under which Nest hands out what is not a class of ours. */

/** `Bus` of libs/messaging. */
export const BUS = Symbol('BUS');
/** `Logger` of libs/platform. */
export const LOGGER = Symbol('LOGGER');
