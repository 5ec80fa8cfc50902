import type { UsageSums } from '@signalbox/contracts';
import { dollars, grouped, total, type SpendRow } from './spend-rows.js';

/** What one day has, broken down by what LiteLLM breaks it down by. */
export const breakdowns = {
  models: 'provider_model',
  model_groups: 'model_group',
  providers: 'provider',
  api_keys: 'key_hash',
} as const;
export type Breakdown = keyof typeof breakdowns | 'entities';

/** Rows of each breakdown, as `[day, id, sums]` says it. */
export interface BrokenDownRow extends SpendRow<'day'> {
  readonly id: string;
  /** What is known of whoever the id names. */
  readonly metadata?: object;
}

/** LiteLLM's `/user/daily/activity` and its kin: the newest day first. */
export function dailyActivity(
  days: readonly SpendRow<'day'>[],
  parts: Readonly<Record<Breakdown, readonly BrokenDownRow[]>>,
): object {
  const byDay = Object.entries(parts).map(([name, rows]) => [name, grouped(rows, ({ day }) => day)] as const);
  const results = days.toReversed().map(({ day, sums }) => ({
    date: day,
    metrics: metrics(sums),
    breakdown: Object.fromEntries(
      byDay.map(([name, rows]) => [name, Object.fromEntries((rows.get(day) ?? []).map(entry))]),
    ),
  }));
  return { results, metadata: totals(total(days)) };
}

function entry({ id, sums, metadata = {} }: BrokenDownRow) {
  return [id, { metrics: metrics(sums), metadata }] as const;
}

function metrics(sums: UsageSums) {
  return {
    spend: dollars(sums),
    prompt_tokens: sums.prompt_tokens,
    completion_tokens: sums.completion_tokens,
    cache_read_input_tokens: sums.cached_tokens,
    cache_creation_input_tokens: sums.cache_written_tokens,
    total_tokens: sums.total_tokens,
    successful_requests: sums.attempts - sums.failed_attempts,
    failed_requests: sums.failed_attempts,
    api_requests: sums.attempts,
    unpriced_requests: sums.unpriced_attempts,
  };
}

/** All days are in one answer: there is one page. */
function totals(sums: UsageSums) {
  return {
    total_spend: dollars(sums),
    total_prompt_tokens: sums.prompt_tokens,
    total_completion_tokens: sums.completion_tokens,
    total_tokens: sums.total_tokens,
    total_api_requests: sums.attempts,
    total_successful_requests: sums.attempts - sums.failed_attempts,
    total_failed_requests: sums.failed_attempts,
    total_cache_read_input_tokens: sums.cached_tokens,
    total_cache_creation_input_tokens: sums.cache_written_tokens,
    total_unpriced_requests: sums.unpriced_attempts,
    page: 1,
    total_pages: 1,
    has_more: false,
  };
}
