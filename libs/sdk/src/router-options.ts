import type OpenAI from 'openai';
import type { AttemptUsage } from './attempt-usage.js';

/** How to reach one deployment: LiteLLM's `litellm_params`. What is not named here goes to the provider with every call. */
export interface LitellmParams {
  /** `azure/<deployment>`, `openai/<model>`, `<provider>/<model>`; without a provider it is OpenAI. */
  readonly model: string;
  readonly api_key?: string | undefined;
  /** Needed for Azure, and for any server that speaks OpenAI's API. */
  readonly api_base?: string | undefined;
  readonly api_version?: string | undefined;
  readonly organization?: string | readonly string[] | undefined;
  /** Where it answers from, for calls that are bound to a region; else inferred from its address. */
  readonly region_name?: string | undefined;
  /** Requests, tokens and attempts at once that it takes in any 60 seconds. */
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
  readonly max_parallel_requests?: number | undefined;
  /** Lower ones are taken first. */
  readonly order?: number | undefined;
  readonly weight?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Seconds, of a whole answer. */
  readonly timeout?: number | undefined;
  /** Seconds, until the first byte of a stream. */
  readonly stream_timeout?: number | undefined;
  readonly max_retries?: number | undefined;
  /** Seconds that it is left alone after it failed. */
  readonly cooldown_time?: number | undefined;
  /** US dollars. */
  readonly input_cost_per_token?: number | undefined;
  readonly output_cost_per_token?: number | undefined;
  readonly [parameter: string]: unknown;
}

/** LiteLLM's `model_info`. */
export interface ModelInfo {
  /** Names the deployment; the same id in other routers and services is the same ledger of limits. */
  readonly id?: string | undefined;
  readonly mode?: string | undefined;
  readonly max_input_tokens?: number | undefined;
  readonly max_output_tokens?: number | undefined;
  readonly [field: string]: unknown;
}

/** One deployment, as in the `model_list` of LiteLLM. */
export interface ModelListEntry {
  /** What calls write as `model`; deployments of the same name share its load. */
  readonly model_name: string;
  readonly litellm_params: LitellmParams;
  readonly model_info?: ModelInfo | undefined;
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
  readonly max_parallel_requests?: number | undefined;
}

/** Retries by what went wrong. */
export interface RetryPolicy {
  readonly BadRequestErrorRetries?: number | undefined;
  readonly AuthenticationErrorRetries?: number | undefined;
  readonly TimeoutErrorRetries?: number | undefined;
  readonly RateLimitErrorRetries?: number | undefined;
  readonly ContentPolicyViolationErrorRetries?: number | undefined;
  readonly InternalServerErrorRetries?: number | undefined;
}

/** Failures that are put up with, by what went wrong. */
export interface AllowedFailsPolicy {
  readonly AuthenticationErrorAllowedFails?: number | undefined;
  readonly NotFoundErrorAllowedFails?: number | undefined;
  readonly TimeoutErrorAllowedFails?: number | undefined;
  readonly RateLimitErrorAllowedFails?: number | undefined;
  readonly InternalServerErrorAllowedFails?: number | undefined;
  readonly BadGatewayErrorAllowedFails?: number | undefined;
  readonly ServiceUnavailableErrorAllowedFails?: number | undefined;
}

/** For each model the models tried after it, in this order. */
type Fallbacks = readonly Readonly<Record<string, readonly string[]>>[];

/** LiteLLM's `router_settings`: the names in camelCase, the values as they are there. */
export interface RouterSettings {
  /** `usage-based-routing` unless told. */
  readonly routingStrategy?:
    | 'simple-shuffle'
    | 'least-busy'
    | 'usage-based-routing'
    | 'usage-based-routing-v2'
    | 'latency-based-routing'
    | 'cost-based-routing'
    | undefined;
  /** Of `latency-based-routing`; `ttl` in seconds. */
  readonly routingStrategyArgs?:
    | {
        readonly ttl?: number | undefined;
        readonly lowest_latency_buffer?: number | undefined;
        readonly max_latency_list_size?: number | undefined;
      }
    | undefined;
  /** Attempts after the first; 2 unless told. */
  readonly numRetries?: number | undefined;
  /** Seconds, of a whole answer; 600 unless told. */
  readonly timeout?: number | undefined;
  /** Seconds, until the first byte of a stream. */
  readonly streamTimeout?: number | undefined;
  /** Shortest wait before the same deployment is tried again, seconds. */
  readonly retryAfter?: number | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
  readonly modelGroupRetryPolicy?: Readonly<Record<string, RetryPolicy>> | undefined;
  readonly fallbacks?: Fallbacks | undefined;
  readonly contextWindowFallbacks?: Fallbacks | undefined;
  readonly contentPolicyFallbacks?: Fallbacks | undefined;
  readonly defaultFallbacks?: readonly string[] | undefined;
  readonly maxFallbacks?: number | undefined;
  /** Failures a minute after which a deployment is left alone for a while. */
  readonly allowedFails?: number | undefined;
  readonly allowedFailsPolicy?: AllowedFailsPolicy | undefined;
  /** How long, seconds; 5 unless told. */
  readonly cooldownTime?: number | undefined;
  readonly disableCooldowns?: boolean | undefined;
  /** Other names of models. */
  readonly modelGroupAlias?: Readonly<Record<string, string>> | undefined;
  readonly enableTagFiltering?: boolean | undefined;
  readonly tagFilteringMatchAny?: boolean | undefined;
  /** Leaves out deployments whose context window is too small. */
  readonly enablePreCallChecks?: boolean | undefined;
  /** `litellm` counts `uk` and `ch` as `eu`. */
  readonly regionCompat?: 'strict' | 'litellm' | undefined;
  /** Where routers share their limits; without one they are those of this process. */
  readonly redisUrl?: string | undefined;
  readonly redisHost?: string | undefined;
  readonly redisPort?: number | string | undefined;
  readonly redisPassword?: string | undefined;
  readonly redisDb?: number | undefined;
  /**
   * What becomes of calls while Redis is away: `refuse` them, `allow` them, or take this process's `local_share` of
   * every limit, which needs `instances`. `local_share` when `instances` is told, else `refuse`.
   */
  readonly limitsWithoutRedis?: 'refuse' | 'local_share' | 'allow' | undefined;
}

/** Hears of attempts that failed, of settings that have no effect, of Redis going and coming. Never of a prompt. */
export interface RouterLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface RouterOptions extends RouterSettings {
  readonly modelList: readonly ModelListEntry[];
  /** What `os.environ/NAME` in the list refers to, for example `process.env`; nothing unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** How many processes share the limits through Redis; each takes one part of them while Redis is away. */
  readonly instances?: number | undefined;
  /** Silent unless given; a pino logger fits. */
  readonly logger?: RouterLogger | undefined;
  /** Told of every attempt when it is over. What it throws is logged. */
  readonly onUsage?: ((usage: AttemptUsage) => unknown) | undefined;
}

/** What a single call wishes besides its parameters. */
export interface CallOptions extends Pick<OpenAI.RequestOptions, 'signal' | 'headers'> {
  /** Milliseconds of the whole call with its retries and fallbacks; of a stream, until it begins. */
  readonly timeout?: number | undefined;
  /** Only deployments in one of them may serve the call: zones (`eu`), countries (`DE`) or names of regions. */
  readonly allowedRegions?: readonly string[] | undefined;
  /** Only deployments with these tags, when `enableTagFiltering` is set. */
  readonly tags?: readonly string[] | undefined;
}
