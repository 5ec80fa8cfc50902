import { z } from 'zod';
import { defineCall } from './contract.js';

/** What daily sums are kept apart by. `subject` is the end user or the tag, by the part. */
export const reportDimensions = [
  'day',
  'subject',
  'key_hash',
  'team_id',
  'user_id',
  'model_group',
  'deployment_id',
  'provider',
  'provider_model',
] as const;
export const ReportDimensionSchema = z.enum(reportDimensions);
export type ReportDimension = z.infer<typeof ReportDimensionSchema>;

/** `all` has every attempt once, `end_user` once for the end user it names, `tag` once for each of its tags. */
export const ReportPartSchema = z.enum(['all', 'end_user', 'tag']);
export type ReportPart = z.infer<typeof ReportPartSchema>;

/** What attempts come to. */
export const UsageSumsSchema = z.object({
  attempts: z.number(),
  failed_attempts: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  /** Of the prompt: read from the provider's cache, and written to it. */
  cached_tokens: z.number(),
  cache_written_tokens: z.number().default(0),
  reasoning_tokens: z.number(),
  nano_dollars: z.number(),
  /** Attempts that used tokens of a price nobody knows: they are not in `nano_dollars`. */
  unpriced_attempts: z.number(),
  /** Attempts whose tokens the gateway counted, because the provider said nothing. */
  estimated_attempts: z.number(),
});
export type UsageSums = z.infer<typeof UsageSumsSchema>;

/** `by`: values of the dimensions asked for, in their order; an empty one is nobody. */
export const ReportRowSchema = z.object({ by: z.array(z.string()), sums: UsageSumsSchema });
export type ReportRow = z.infer<typeof ReportRowSchema>;

/** Rows of one answer, or fewer: they must fit into one message. */
export const mostReportRows = 5_000;

/**
 * Sums of the ledger by any dimensions, in the order of their values; with none, one row. Days are UTC, both are part of the
 * report. Fault: usage_unavailable.
 */
export const usageReport = defineCall(
  'usage.report.v1',
  {
    request: z.object({
      part: ReportPartSchema.default('all'),
      by: z.array(ReportDimensionSchema).max(reportDimensions.length),
      from: z.iso.date().optional(),
      until: z.iso.date().optional(),
      /** Values of a dimension of which one must hold. */
      where: z.partialRecord(ReportDimensionSchema, z.array(z.string()).min(1).max(1_000)).default({}),
      /** Only those that cost most, the dearest first. */
      top: z.number().int().min(1).max(mostReportRows).optional(),
      /** `by` of the last row of the page before. */
      after: z.array(z.string()).optional(),
    }),
    value: z.object({
      rows: z.array(ReportRowSchema),
      /** There are rows behind the last of these. */
      has_more: z.boolean(),
    }),
  },
  10_000,
);
