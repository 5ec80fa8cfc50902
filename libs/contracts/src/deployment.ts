import type { Region, RegionSource } from './region.js';
import type { DeploymentPrices } from './token-prices.js';

/** How to reach a deployment. Holds secrets: never put on the bus, in a log or in a span. */
export interface Upstream {
  /** `openai`, `azure` or another name spoken over the OpenAI API. */
  readonly provider: string;
  /** The model or Azure deployment name at the provider: what follows `provider/`. */
  readonly model: string;
  /** Base address without a trailing slash; the provider's public one unless configured. */
  readonly apiBase: string;
  readonly apiKey?: string;
  readonly apiVersion?: string;
  readonly organization?: string;
  /** Provider settings that name a region, e.g. `aws_region_name`; input of region inference. */
  readonly regionSettings: Readonly<Record<string, string>>;
  /** Unknown `litellm_params`, forwarded in the body of every upstream request. */
  readonly extraBody: Readonly<Record<string, unknown>>;
}

/** Limits in any sliding 60 seconds; absent means unlimited. */
export interface DeploymentLimits {
  readonly rpm?: number;
  readonly tpm?: number;
  readonly maxParallelRequests?: number;
}

/** One entry of `model_list`, checked. */
export interface Deployment extends DeploymentPrices {
  /** `model_info.id`, else a digest of group name and parameters that stays the same between starts. */
  readonly id: string;
  /** The public name, `model_name`; may be a wildcard pattern such as `openai/*`. */
  readonly modelGroup: string;
  readonly upstream: Upstream;
  /** Declared or inferred; absent when neither is known at load (a learned one may follow). */
  readonly region?: Region;
  readonly regionSource?: RegionSource;
  readonly limits: DeploymentLimits;
  readonly weight?: number;
  readonly order?: number;
  readonly tags: readonly string[];
  /** Whole answer, milliseconds. */
  readonly timeoutMs?: number;
  /** First byte of a streamed answer, milliseconds. */
  readonly streamTimeoutMs?: number;
  readonly maxRetries?: number;
  /** How long it is left alone after it failed, milliseconds; 0 is never; absent means: as `router_settings` say. */
  readonly cooldownTimeMs?: number;
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
  /** `chat`, `embedding`, `completion`, ...; absent means: not restricted. */
  readonly mode?: string;
  /** Only this team may use it (`model_info.team_id`). */
  readonly teamId?: string;
  /** It was added through the API; absent: it stands in config.yaml. */
  readonly isAdded?: boolean;
  /** `model_info` as written, echoed by `/model/info`. */
  readonly modelInfo: Readonly<Record<string, unknown>>;
}

/** A group alias of `router_settings.model_group_alias`; a hidden one is left out of `/v1/models`. */
export interface GroupAlias {
  readonly model: string;
  readonly hidden: boolean;
}

/** What routing knows: deployments and the rules of the house. Immutable; a reload makes a new one. */
export interface Catalog {
  /**
   * Digest of the configuration; two processes with the same version agree on where a request may go. Prices
   * are left out: they only order what is allowed, and change with the release.
   */
  readonly version: string;
  readonly deployments: readonly Deployment[];
  readonly groupAliases: Readonly<Record<string, GroupAlias>>;
  readonly tagFiltering: { readonly enabled: boolean; readonly matchAny: boolean };
  /** `router_settings.enable_pre_call_checks`: governs the context-window check only. */
  readonly checkContextWindow: boolean;
  /** What becomes of callers with a budget where nobody knows the price; absent: `refuse`. */
  readonly unknownPrices?: 'refuse' | 'serve_unbilled';
  /** `litellm` counts `uk` and `ch` as `eu`. */
  readonly regionCompat: 'strict' | 'litellm';
}
