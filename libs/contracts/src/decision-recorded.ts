import { z } from 'zod';
import { defineCall, defineStream } from './contract.js';
import { RegionSchema, RegionSourceSchema, ResidencySchema } from './region.js';
import { VerdictCountsSchema, VerdictSchema } from './router-decide.js';
import { UsageRecordSchema } from './usage-recorded.js';

/** One decision of the router, and what came of it. */
export const DecisionHopSchema = z.object({
  attemptId: z.string(),
  /** The name the router was asked for. */
  model: z.string(),
  /** Those of the candidates, as the router answered them: of many one of each code. */
  verdicts: z.array(VerdictSchema),
  verdictCounts: VerdictCountsSchema.optional(),
  /** Why the router refused, a code; absent: it chose what follows. */
  refusal: z.string().optional(),
  modelGroup: z.string().optional(),
  deploymentId: z.string().optional(),
  region: RegionSchema.optional(),
  regionSource: RegionSourceSchema.optional(),
  /** The configuration the router decided by. */
  catalogVersion: z.string().optional(),
  /** Of the attempt; absent: none was made. */
  outcome: UsageRecordSchema.shape.outcome.optional(),
  upstreamStatus: z.number().int().optional(),
  /** Where the provider says that it answered from, in its own words; there where its answers contradict the region of the deployment. */
  answeredFrom: z.string().optional(),
});
export type DecisionHop = z.infer<typeof DecisionHopSchema>;

/** Where a call went and why, one record of each. Holds ids, rules and codes; no text of prompt or answer, no secret. */
export const DecisionRecordSchema = z.object({
  /** Given by the gateway, so that no client can choose one that is there already. */
  decisionId: z.string(),
  /** `x-litellm-call-id`, which a client may choose. */
  requestId: z.string(),
  /** When it was over, ISO 8601, UTC. */
  decidedAt: z.iso.datetime(),
  caller: z.object({
    keyHash: z.string().nullable(),
    teamId: z.string().nullable(),
    userId: z.string().nullable(),
    endUserId: z.string().nullable(),
  }),
  /** The rules it was under; an empty list allows all. */
  policy: z.object({
    residency: z.array(ResidencySchema),
    tags: z.array(z.string()),
    keyModels: z.array(z.string()),
    teamModels: z.array(z.string()),
  }),
  /** The configuration of the gateway when it was over. */
  catalogVersion: z.string(),
  mode: z.string(),
  /** As the client sent it. */
  model: z.string(),
  hops: z.array(DecisionHopSchema),
  /** `refused`: nothing was sent anywhere. */
  outcome: z.enum(['succeeded', 'failed', 'refused', 'client_disconnected']),
  /** What the client was told, where it was told of an error: our code, or `upstream_error` for the provider's own. */
  error: z.object({ code: z.string(), status: z.number().int() }).optional(),
});
export type DecisionRecord = z.infer<typeof DecisionRecordSchema>;

/** Records, a few at a time, as with usage; consumers drop decision ids they know. */
export const decisionRecorded = defineStream(
  'decision.recorded.v1',
  'DECISIONS',
  z.object({ batchId: z.string(), records: z.array(DecisionRecordSchema).min(1) }),
);
export type DecisionBatch = z.infer<typeof decisionRecorded.event>;

/** One record and its place in its chain. Faults: record_not_found, usage_unavailable. */
export const decisionRead = defineCall('decision.read.v1', {
  request: z.object({ decisionId: z.string() }),
  value: z.object({
    record: DecisionRecordSchema,
    partition: z.number().int(),
    sequence: z.number().int(),
    recordHash: z.string(),
  }),
});

/**
 * Begins an export: the first line, and between which numbers of the chain the others lie. The period is that of the records,
 * the first moment included and the last not. Fault: usage_unavailable.
 */
export const decisionExport = defineCall(
  'decision.export.v1',
  {
    request: z.object({
      endUserId: z.string(),
      from: z.iso.datetime().optional(),
      until: z.iso.datetime().optional(),
    }),
    value: z.object({ line: z.string(), after: z.number().int(), last: z.number().int() }),
  },
  10_000,
);

/** Further lines of an export, one for each number, as many as fit. Faults: record_not_found, usage_unavailable. */
export const decisionExportPage = defineCall(
  'decision.export-page.v1',
  {
    request: z.object({ endUserId: z.string(), after: z.number().int(), last: z.number().int() }),
    value: z.object({ lines: z.array(z.string()).min(1) }),
  },
  10_000,
);

/** What exports are checked with. */
export const decisionPublicKey = defineCall('decision.public-key.v1', {
  request: z.object({}),
  value: z.object({ pem: z.string(), keyId: z.string() }),
});
