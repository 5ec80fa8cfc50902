import { z } from 'zod';
import { CallModeSchema } from './call-mode.js';
import { LimitScopeKindSchema, LimitScopeSchema } from './caller-limits.js';
import { defineCall } from './contract.js';
import { FaultSchema } from './fault.js';
import { RegionSchema, RegionSourceSchema, ResidencySchema } from './region.js';

/** What the gateway asks the router: everything a decision needs, nothing of the prompt. */
export const RouteRequestSchema = z.object({
  requestId: z.string(),
  /** Names this try; also the id of its reservation and of its usage event. */
  attemptId: z.string(),
  /**
   * The configuration to decide by, which is the gateway's; a router that does not have it refuses with
   * `catalog_mismatch`. Absent: whatever the router goes by.
   */
  catalogVersion: z.string().optional(),
  /** The model name as the client sent it. */
  model: z.string(),
  mode: CallModeSchema,
  /** Estimated tokens of the prompt. */
  promptTokens: z.number().int().nonnegative(),
  /** Tokens the answer may take: `max_tokens` or the documented default. */
  outputTokens: z.number().int().nonnegative(),
  /** The client wants the answer as a stream; absent means no. */
  stream: z.boolean().optional(),
  /** All must hold; empty means: anywhere. */
  residency: z.array(ResidencySchema),
  /** Empty means all. */
  keyModels: z.array(z.string()),
  keyAliases: z.record(z.string(), z.string()),
  /** Of the user of a key outside teams; absent means all. */
  userModels: z.array(z.string()).optional(),
  team: z
    .object({
      teamId: z.string(),
      models: z.array(z.string()),
      modelAliases: z.record(z.string(), z.string()),
    })
    .nullable(),
  /** All tags of the call; `!tag` excludes and `&tag` requires. */
  tags: z.array(z.string()),
  /**
   * The same by who set them, the caller or its key and team: a deployment must match each group by itself. Absent:
   * they are one group.
   */
  tagGroups: z.array(z.array(z.string())).optional(),
  /** Deployments that failed this request already. */
  exclude: z.array(z.string()),
  /** The key, team and end user that have limits, each once; absent when none has. */
  scopes: z.array(LimitScopeSchema).optional(),
  /**
   * With `scopes`: the attempt of this call that ended before, and the tokens it used. It is settled first, and the
   * scopes count no further request.
   */
  previous: z
    .object({
      attemptId: z.string(),
      tokens: z.number().int().nonnegative(),
      /** What it cost; absent: nobody knows, and what was reserved stays. */
      nanoDollars: z.number().int().nonnegative().optional(),
      /** The group it was made at; absent: that of this attempt. */
      modelGroup: z.string().optional(),
    })
    .optional(),
  /** W3C `traceparent` of the caller's span, when the call is sampled. */
  traceparent: z.string().optional(),
  /** The verdict of every candidate is wanted, however many there are; absent means no. */
  explain: z.boolean().optional(),
});
export type RouteRequest = z.infer<typeof RouteRequestSchema>;

/**
 * Why a deployment was taken or not. `chosen` and `eligible` passed everything (`eligible` was not
 * needed); `lower_order` passed the filters but a lower `order` tier was preferred.
 */
export const VerdictCodeSchema = z.enum([
  'chosen',
  'eligible',
  'lower_order',
  'not_preferred',
  'already_tried',
  'team_access',
  'region_unknown',
  'region_outside',
  'tags',
  'mode',
  'price_unknown',
  'context_window',
  'cooldown',
  'rpm',
  'tpm',
  'parallel',
]);
export type VerdictCode = z.infer<typeof VerdictCodeSchema>;

export const VerdictSchema = z.object({
  deploymentId: z.string(),
  code: VerdictCodeSchema,
  /** Plain sentence for people, e.g. `region us is outside eu (end_user)`. */
  detail: z.string().optional(),
  /** For `rpm`, `tpm`, `parallel`, `cooldown`: when capacity frees, milliseconds from now. */
  retryAfterMs: z.number().nonnegative().optional(),
});
export type Verdict = z.infer<typeof VerdictSchema>;

/** How many candidates got which verdict. */
export const VerdictCountsSchema = z.partialRecord(VerdictCodeSchema, z.number().int().positive());
export type VerdictCounts = z.infer<typeof VerdictCountsSchema>;

/** State of the chosen deployment's limits after this reservation; absent limits are left out. */
export const RateLimitStateSchema = z.object({
  limitRequests: z.number().optional(),
  remainingRequests: z.number().optional(),
  limitTokens: z.number().optional(),
  remainingTokens: z.number().optional(),
  /** Of the budget with the least left; spent is what was paid and what is reserved. */
  budget: z
    .object({
      maxNanoDollars: z.number(),
      spentNanoDollars: z.number(),
      duration: z.string().optional(),
    })
    .optional(),
});
export type RateLimitState = z.infer<typeof RateLimitStateSchema>;

/** What one scope says to a request. The id is left out: who asks knows it, and nobody else shall. */
export const ScopeVerdictSchema = z.object({
  kind: LimitScopeKindSchema,
  code: z.enum(['fits', 'rpm', 'tpm', 'parallel', 'budget']),
  /** When it would fit, milliseconds from now; absent where it fits, and where it never will. */
  retryAfterMs: z.number().nonnegative().optional(),
  /** After this reservation, if there is one. */
  state: RateLimitStateSchema,
});
export type ScopeVerdict = z.infer<typeof ScopeVerdictSchema>;

/** Whether the limits a decision was made under are those of all routers together. */
export const LimitAccuracySchema = z.enum(['exact', 'degraded']);
export type LimitAccuracy = z.infer<typeof LimitAccuracySchema>;

export const RouteDecisionSchema = z.object({
  outcome: z.literal('chosen'),
  requestId: z.string(),
  attemptId: z.string(),
  deploymentId: z.string(),
  /** The name the request's model resolved to. */
  modelGroup: z.string(),
  /** For a wildcard group: what replaces `*` in the upstream model. */
  wildcardTail: z.string().optional(),
  region: RegionSchema.optional(),
  regionSource: RegionSourceSchema.optional(),
  /** Configuration the decision was made with. */
  catalogVersion: z.string(),
  verdicts: z.array(VerdictSchema),
  /** Of all candidates; absent when `verdicts` are all there are, else they are one of each code. */
  verdictCounts: VerdictCountsSchema.optional(),
  rateLimits: RateLimitStateSchema,
  /** One per scope of the request, in its order; absent when it has none. */
  scopeVerdicts: z.array(ScopeVerdictSchema).optional(),
  /** Tokens reserved; settled to the real number afterwards. */
  reservedTokens: z.number(),
  /** The attempt takes a slot of a `maxParallelRequests`, for which others may wait; absent means no. */
  holdsSlot: z.boolean().optional(),
  /** `degraded`: decided while the shared limits could not be reached; absent from routers that do not say. */
  limits: LimitAccuracySchema.optional(),
});
export type RouteDecision = z.infer<typeof RouteDecisionSchema>;

export const RouteRefusalSchema = z.object({
  outcome: z.literal('refused'),
  requestId: z.string(),
  attemptId: z.string(),
  fault: FaultSchema,
  verdicts: z.array(VerdictSchema),
  /** As of a decision. */
  verdictCounts: VerdictCountsSchema.optional(),
  /** As of a decision. */
  scopeVerdicts: z.array(ScopeVerdictSchema).optional(),
  /** As of a decision; absent where no capacity was asked for. */
  limits: LimitAccuracySchema.optional(),
});
export type RouteRefusal = z.infer<typeof RouteRefusalSchema>;

export const RouteOutcomeSchema = z.discriminatedUnion('outcome', [RouteDecisionSchema, RouteRefusalSchema]);
export type RouteOutcome = z.infer<typeof RouteOutcomeSchema>;

/** One or more requests, answered in order; batching them is what makes the hop cheap. */
export const routerDecide = defineCall('router.decide.v1', {
  request: z.object({ requests: z.array(RouteRequestSchema).min(1) }),
  value: z.object({ outcomes: z.array(RouteOutcomeSchema) }),
});
