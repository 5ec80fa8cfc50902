import type { Catalog } from '@signalbox/contracts';

/** `general_settings`: who may call and what a call may be. */
export interface GeneralSettings {
  /** Absent: no key is asked for at all. */
  readonly masterKey?: string;
  readonly databaseUrl?: string;
  readonly maxRequestSizeBytes: number;
  /** Calls under way at once in one gateway. */
  readonly maxParallelRequests?: number;
  /** Header that names the end user, in lower case. */
  readonly userHeaderName?: string;
  /** Further headers that name the end user, in lower case; they come before `userHeaderName`. */
  readonly userHeaderMappings: readonly string[];
  /** Header that carries the caller's key instead of `authorization`, in lower case. */
  readonly keyHeaderName?: string;
  /** `litellm` answers LiteLLM's status codes where ours differ. */
  readonly compatLevel: 'signalbox' | 'litellm';
}

export const routingStrategies = ['simple-shuffle', 'least-busy', 'usage-based-routing'] as const;
export type RoutingStrategy = (typeof routingStrategies)[number];

/** `router_settings`, completed from `litellm_settings`. */
export interface RouterSettings {
  /** Further attempts after the first. */
  readonly numRetries: number;
  /** Whole answer, milliseconds; a deployment's own wins. */
  readonly timeoutMs: number;
  /** First byte of a streamed answer, milliseconds; a deployment's own wins. */
  readonly streamTimeoutMs?: number;
  /** Shortest wait before a retry, milliseconds. */
  readonly retryAfterMs: number;
  readonly routingStrategy: RoutingStrategy;
  readonly redis?: RedisSettings;
}

export interface RedisSettings {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly password?: string;
  readonly db?: number;
}

/** A checked configuration. Holds secrets. */
export interface Settings {
  readonly catalog: Catalog;
  readonly general: GeneralSettings;
  readonly router: RouterSettings;
}
