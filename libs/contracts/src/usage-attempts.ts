import { z } from 'zod';
import { defineCall } from './contract.js';
import { UsageRecordSchema } from './usage-recorded.js';

const kind = z.number().optional();

/** Kinds of tokens that few attempts use; an absent one was not used. */
export const OtherTokensSchema = z.object({
  cache_written_tokens: kind,
  prompt_audio_tokens: kind,
  prompt_image_tokens: kind,
  completion_audio_tokens: kind,
  completion_image_tokens: kind,
});
export type OtherTokens = z.infer<typeof OtherTokensSchema>;

/** One attempt of the ledger; `null` is nobody, or nobody knows. */
export const AttemptRowSchema = z.object({
  attempt_id: z.string(),
  request_id: z.string(),
  /** ISO 8601, UTC. */
  started_at: z.string(),
  duration_ms: z.number(),
  first_byte_ms: z.number().nullable(),
  outcome: UsageRecordSchema.shape.outcome,
  upstream_status: z.number(),
  streamed: z.boolean(),
  mode: z.string().nullable(),
  deployment_id: z.string(),
  model_group: z.string(),
  provider: z.string().nullable(),
  provider_model: z.string().nullable(),
  region: z.string().nullable(),
  key_hash: z.string().nullable(),
  team_id: z.string().nullable(),
  user_id: z.string().nullable(),
  end_user_id: z.string().nullable(),
  tags: z.array(z.string()),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  cached_tokens: z.number(),
  reasoning_tokens: z.number(),
  other_tokens: OtherTokensSchema.default({}),
  token_source: UsageRecordSchema.shape.tokens.shape.source,
  nano_dollars: z.number().nullable(),
});
export type AttemptRow = z.infer<typeof AttemptRowSchema>;

/** More attempts than this are not counted: the list says that there are more. */
export const mostCountedAttempts = 10_000;

/** Attempts of the ledger, newest first unless told; filters narrow together. Fault: usage_unavailable. */
export const usageAttempts = defineCall(
  'usage.attempts.v1',
  {
    request: z.object({
      request_id: z.string().optional(),
      key_hash: z.string().optional(),
      team_id: z.string().optional(),
      user_id: z.string().optional(),
      end_user_id: z.string().optional(),
      model_group: z.string().optional(),
      deployment_id: z.string().optional(),
      tag: z.string().optional(),
      /** Whether it ended well; one whose client hung up did. */
      failed: z.boolean().optional(),
      min_nano_dollars: z.number().optional(),
      max_nano_dollars: z.number().optional(),
      /** When it began, both included. */
      from: z.iso.datetime().optional(),
      until: z.iso.datetime().optional(),
      sort_by: z.enum(['started_at', 'nano_dollars', 'total_tokens']).default('started_at'),
      sort_order: z.enum(['asc', 'desc']).default('desc'),
      page: z.number().int().min(1).default(1),
      /** The last row of the answer before, in place of pages: what began before it, newest first. Nothing is counted then. */
      after: AttemptRowSchema.pick({ started_at: true, attempt_id: true }).optional(),
      size: z.number().int().min(1).max(1_000).default(50),
    }),
    value: z.object({
      /** As many as were asked for, or as fit into a message. */
      rows: z.array(AttemptRowSchema),
      /** There are rows behind the last of these. */
      has_more: z.boolean().default(false),
      /** Attempts that fit, at most `mostCountedAttempts`. */
      total: z.number(),
      has_more_than_total: z.boolean(),
    }),
  },
  10_000,
);
