import { z } from 'zod';
import { defineCall } from './contract.js';

export const UsageCountsSchema = z.object({
  requests: z.number(),
  failed_requests: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
});
export type UsageCounts = z.infer<typeof UsageCountsSchema>;

const counted = z.record(z.string(), UsageCountsSchema);

/** Counts of one period, broken down by each dimension. */
export const UsagePeriodSchema = z.object({
  /** Start of the period in UTC: `2026-11-21T10:05` for a minute, `2026-11-21` for a day. */
  period: z.string(),
  total: UsageCountsSchema,
  by_deployment: counted,
  by_model_group: counted,
  by_team: counted,
  by_key: counted,
  by_end_user: counted,
});
export type UsagePeriod = z.infer<typeof UsagePeriodSchema>;

/** Attempts nobody settled when their lease ended, because their gateway was killed: what was reserved for them stays. */
export const UnsettledSchema = z.object({
  attempts: z.number(),
  /** As they were estimated before the calls. */
  tokens: z.number(),
  nano_dollars: z.number(),
});

/** Counts of the current minute and day. Fault: usage_unavailable. */
export const usageSummary = defineCall('usage.summary.v1', {
  request: z.object({}),
  value: z.object({
    minute: UsagePeriodSchema,
    day: UsagePeriodSchema,
    /** Of the day. */
    unsettled: UnsettledSchema.default({ attempts: 0, tokens: 0, nano_dollars: 0 }),
  }),
});
