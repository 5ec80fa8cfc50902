/** Names under which Nest hands out what is not a class of ours; their types stand beside them. */

/** `Bus` of libs/messaging. */
export const BUS = Symbol('BUS');
/** `Logger` of libs/platform. */
export const LOGGER = Symbol('LOGGER');
/** `GeneralSettings` of libs/config. */
export const GENERAL = Symbol('GENERAL');
/** `FollowedModels` of libs/live-settings, or null where no models can be added. */
export const MODELS = Symbol('MODELS');
/** `Current<CallSettings>` of libs/config and libs/calls. */
export const SETTINGS = Symbol('SETTINGS');
/** `ExplainTools` of libs/calls. */
export const EXPLAIN_TOOLS = Symbol('EXPLAIN_TOOLS');
/** `CompatLevel` of errors/http-failure.ts. */
export const COMPAT_LEVEL = Symbol('COMPAT_LEVEL');
