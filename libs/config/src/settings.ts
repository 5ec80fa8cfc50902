import type { Catalog, EndUserDefaults } from '@signalbox/contracts';

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
  /** Where the admin API listens, and only there; 0 takes any free port, absent: where calls come in. */
  readonly adminPort?: number;
  /** Its address; absent: the one of calls. */
  readonly adminHost?: string;
  /** `litellm` answers LiteLLM's status codes where ours differ. */
  readonly compatLevel: 'signalbox' | 'litellm';
  /** Every key may use the `mock_testing_*` switches, not the master key alone. */
  readonly allowMockTesting?: boolean;
  /** Calls may not bring tags; those of keys and teams are all. */
  readonly rejectClientTags?: boolean;
  /** After how many days single attempts are deleted; absent: never. */
  readonly spendLogsRetentionDays?: number;
  /** `refuse` unless told. */
  readonly usageWhenFull: UsageWhenFull;
  /** `all` unless told. */
  readonly decisionRecords: DecisionRecords;
}

/**
 * What becomes of new calls when what they use could not be recorded, as the bus is away and disk and memory are full:
 * `refuse` them, or `serve_unbilled`.
 */
export const usageWhenFull = ['refuse', 'serve_unbilled'] as const;
export type UsageWhenFull = (typeof usageWhenFull)[number];

/** Of which calls it is recorded where they went and why: of `all`, of those `restricted` to regions, or of none. */
export const decisionRecords = ['all', 'restricted', 'off'] as const;
export type DecisionRecords = (typeof decisionRecords)[number];

/** LiteLLM's names; `usage-based-routing-v2` is read as `usage-based-routing`. */
export const routingStrategies = [
  'simple-shuffle',
  'least-busy',
  'usage-based-routing',
  'latency-based-routing',
  'cost-based-routing',
] as const;
export type RoutingStrategy = (typeof routingStrategies)[number];

/**
 * What becomes of calls while Redis, which holds the limits of all routers together, is away: `refuse` them, take
 * this router's share of every limit (`local_share`), or `allow` them.
 */
export const limitsWithoutRedis = ['refuse', 'local_share', 'allow'] as const;
export type LimitsWithoutRedis = (typeof limitsWithoutRedis)[number];

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
  /** Further attempts by what went wrong; wins over `numRetries`. */
  readonly retryPolicy: RetryCounts;
  /** The same by model group; wins over `retryPolicy`. */
  readonly modelGroupRetryPolicy: Readonly<Record<string, RetryCounts>>;
  readonly fallbacks: FallbackSettings;
  readonly cooldowns: CooldownSettings;
  /** `usage-based-routing` unless the configuration names one. */
  readonly routingStrategy: RoutingStrategy;
  /** Present with `latency-based-routing` only. */
  readonly latency?: LatencySettings;
  /** `local_share` unless told. */
  readonly limitsWithoutRedis: LimitsWithoutRedis;
  readonly redis?: RedisSettings | undefined;
}

/** Retries by what went wrong, LiteLLM's `retry_policy`. */
export type RetryCounts = Readonly<
  Partial<
    Record<
      'bad_request' | 'authentication' | 'timeout' | 'rate_limit' | 'content_policy' | 'internal_server',
      number
    >
  >
>;

/** Failures a minute that are put up with, by what went wrong: LiteLLM's `allowed_fails_policy`. */
export type AllowedFails = Readonly<
  Partial<
    Record<
      | 'authentication'
      | 'not_found'
      | 'timeout'
      | 'rate_limit'
      | 'internal_server'
      | 'bad_gateway'
      | 'service_unavailable',
      number
    >
  >
>;

/** When a deployment that fails is left alone, and how long. */
export interface CooldownSettings {
  readonly disabled: boolean;
  /** Of deployments that say nothing themselves, milliseconds; 0 is never. */
  readonly timeMs: number;
  /** Present when configured only: with it, or a policy, the default rule does not apply. */
  readonly allowedFails?: number;
  readonly allowedFailsPolicy: AllowedFails;
}

/** The fallbacks of one model, or of the models that match a pattern with one `*`, in the order they are tried. */
export interface FallbackEntry {
  readonly model: string;
  readonly fallbacks: readonly { readonly model: string }[];
}

export interface FallbackSettings {
  /** `fallbacks`, `context_window_fallbacks`, `content_policy_fallbacks`; each model once. */
  readonly tables: Readonly<
    Record<'general' | 'context_window' | 'content_policy', readonly FallbackEntry[]>
  >;
  /** `default_fallbacks`: for every model of which the lists say nothing. */
  readonly defaults: FallbackEntry['fallbacks'];
  /** Models tried after the first, over a whole call. */
  readonly maxFallbacks: number;
}

/** `routing_strategy_args` of `latency-based-routing`. */
export interface LatencySettings {
  /** Older attempts say nothing any more, milliseconds. */
  readonly ttlMs: number;
  /** How much slower than the fastest a deployment may be and still be as good: 0.5 is half as slow again. */
  readonly lowestLatencyBuffer: number;
  /** Newest attempts of each deployment that count. */
  readonly maxSamples: number;
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
  /** `max_end_user_budget` and `max_end_user_budget_id` of `litellm_settings`. */
  readonly endUserDefaults: EndUserDefaults;
}
