import { z } from 'zod';
import { defineCall } from './contract.js';
import { RegionSchema, RegionSourceSchema } from './region.js';
import { RouteOutcomeSchema, RouteRequestSchema } from './router-decide.js';

/** A deployment of the model that was asked for, as the router sees it now. Its verdict stands in the outcome. */
export const ExplainedCandidateSchema = z.object({
  deploymentId: z.string(),
  /** Where it answers from, and how we know; both absent when nobody knows. */
  region: RegionSchema.optional(),
  regionSource: RegionSourceSchema.optional(),
  order: z.number().optional(),
  /** In any sliding 60 seconds; absent means unlimited. */
  limits: z.object({
    rpm: z.number().optional(),
    tpm: z.number().optional(),
    maxParallelRequests: z.number().optional(),
  }),
  /** In the last 60 seconds, and in flight; absent: limits cannot be read. */
  used: z.object({ requests: z.number(), tokens: z.number(), parallel: z.number() }).optional(),
  /** Absent: in full service. */
  cooldown: z
    .object({
      phase: z.enum(['cooling', 'probation']),
      reason: z.string().optional(),
      retryAfterMs: z.number().nonnegative().optional(),
    })
    .optional(),
});
export type ExplainedCandidate = z.infer<typeof ExplainedCandidateSchema>;

export const RouteExplanationSchema = z.object({
  /** What `router.decide.v1` would answer, with the verdict of every candidate. */
  outcome: RouteOutcomeSchema,
  /** The name as sent and what aliases make of it, each name once. */
  names: z.array(z.string()),
  /** The group that the last of the names stands for; absent: none. */
  modelGroup: z.string().optional(),
  /** Every deployment of the group, in the order of the configuration. */
  candidates: z.array(ExplainedCandidateSchema),
});
export type RouteExplanation = z.infer<typeof RouteExplanationSchema>;

/** Decides a request as `router.decide.v1` does and says from what; nothing is reserved. */
export const routerExplain = defineCall('router.explain.v1', {
  request: z.object({ request: RouteRequestSchema }),
  value: RouteExplanationSchema,
});
