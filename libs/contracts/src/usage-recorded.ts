import { z } from 'zod';
import { defineStream } from './contract.js';

const tokens = z.number().int().nonnegative();

/** Tokens of one attempt; `source` says who counted them. The optional ones are parts of prompt and completion. */
export const TokenCountsSchema = z.object({
  prompt: tokens,
  completion: tokens,
  total: tokens,
  /** Of the prompt: read from the provider's cache, and written to it. */
  cached: tokens.optional(),
  cacheWritten: tokens.optional(),
  promptAudio: tokens.optional(),
  promptImage: tokens.optional(),
  reasoning: tokens.optional(),
  completionAudio: tokens.optional(),
  completionImage: tokens.optional(),
  /** `provider`: its usage object; `estimated`: ours, because it sent none; `none`: nothing was produced. */
  source: z.enum(['provider', 'estimated', 'none']),
});
export type TokenCounts = z.infer<typeof TokenCountsSchema>;

/** One attempt at one upstream, good or bad. Holds no text of prompt or answer. */
export const UsageRecordSchema = z.object({
  attemptId: z.string(),
  requestId: z.string(),
  /** When the attempt began, milliseconds since 1970. */
  startedAt: z.number(),
  durationMs: z.number().nonnegative(),
  /** From the start until the first byte of a streamed answer, milliseconds; absent when none came. */
  firstByteMs: z.number().nonnegative().optional(),
  /** `client_disconnected` and `upstream_broken` may have produced tokens. */
  outcome: z.enum(['succeeded', 'failed', 'client_disconnected', 'upstream_broken', 'timed_out']),
  /** HTTP status of the upstream; 0 when there was none. */
  upstreamStatus: z.number().int(),
  /** The time limit that passed was one of the caller, shorter than the operator's: it says nothing of the deployment. */
  callerTimedOut: z.boolean().optional(),
  /** How long the upstream asked to be left alone (`retry-after`), milliseconds; absent when it did not. */
  retryAfterMs: z.number().nonnegative().optional(),
  streamed: z.boolean(),
  /** As of its decision: when it is over others may be waiting for its slot. */
  holdsSlot: z.boolean().optional(),
  deploymentId: z.string(),
  modelGroup: z.string(),
  region: z.string().nullable(),
  keyHash: z.string().nullable(),
  teamId: z.string().nullable(),
  endUserId: z.string().nullable(),
  /** The internal user its key belongs to; absent: none. */
  userId: z.string().optional(),
  /** Those of the call, its key and its team; absent: none. */
  tags: z.array(z.string()).optional(),
  /** What was asked for: `chat`, `completion` or `embedding`. */
  mode: z.string().optional(),
  /** Who served it, and which of its models; absent when it was sent nowhere. */
  provider: z.string().optional(),
  providerModel: z.string().optional(),
  tokens: TokenCountsSchema,
  /** What the attempt cost, nano-dollars; absent: the price is not known. */
  costNanoDollars: z.number().int().nonnegative().optional(),
});
export type UsageRecord = z.infer<typeof UsageRecordSchema>;

/**
 * Attempts, a few at a time: one message per attempt would double the cost of a call. The batch id is the
 * JetStream message id (a publish that is tried again stays one), and consumers drop attempt ids they know.
 */
export const usageRecorded = defineStream(
  'usage.recorded.v1',
  'USAGE',
  z.object({ batchId: z.string(), records: z.array(UsageRecordSchema).min(1) }),
);
export type UsageBatch = z.infer<typeof usageRecorded.event>;
