import { nanoDollarsPerDollar, type usageAttempts } from '@signalbox/contracts';
import { z } from 'zod';
import { firstMoment, lastMoment, momentQuery } from '../admin/moment-query.js';
import { flagQuery } from '../admin/page-query.js';
import { keyHashOf } from '../admin/raw-key.js';
import { reportDays } from './report-days.js';
import { reportGroups } from './spend-report.js';

export type AttemptsQuery = z.input<typeof usageAttempts.request>;

const apiKey = z.string().min(1).transform(keyHashOf);
const dollars = z.coerce.number().transform((value) => value * nanoDollarsPerDollar);
/** Ids separated by commas. */
const ids = z
  .string()
  .transform((text) => text.split(',').filter((id) => id !== ''))
  .pipe(z.array(z.string()).min(1).max(1_000));

/** `json` unless told, or what the client accepts. */
export const format = { format: z.enum(['json', 'csv']).optional() };
export const formatDescription = { format: 'csv for a table, as `accept: text/csv` does; unless told json' };

/** Whose attempts are wanted; the same in all lists of attempts. */
const whose = {
  request_id: z.string().optional(),
  api_key: apiKey.optional(),
  user_id: z.string().optional(),
  team_id: z.string().optional(),
  end_user: z.string().optional(),
  model: z.string().optional(),
  model_id: z.string().optional(),
  tag: z.string().optional(),
  start_date: momentQuery.optional(),
  end_date: momentQuery.optional(),
};
export const whoseDescriptions = {
  request_id: 'Id of a call, as x-litellm-call-id says it',
  api_key: 'A key, or its sha-256',
  user_id: 'Id of an internal user',
  team_id: 'Id of a team',
  end_user: 'Id of an end user',
  model: 'A model group',
  model_id: 'Id of a deployment',
  tag: 'A tag',
  start_date: 'The first day or time, UTC unless told',
  end_date: 'The last day or time; a day counts to its end',
};

/** `/spend/logs` */
export const SpendLogsSchema = z.object({ ...whose, ...format, summarize: flagQuery.default(true) });

const sortColumns = {
  startTime: 'started_at',
  spend: 'nano_dollars',
  total_tokens: 'total_tokens',
} as const;

/** `/spend/logs/v2` */
export const PagedSpendLogsSchema = z.object({
  ...whose,
  ...format,
  status_filter: z.enum(['success', 'failure']).optional(),
  min_spend: dollars.optional(),
  max_spend: dollars.optional(),
  sort_by: z.enum(['startTime', 'spend', 'total_tokens']).default('startTime'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(100).default(50),
});

type Whose = z.output<z.ZodObject<typeof whose>>;

/** What the usage service is asked for. */
export function attemptsOf(query: Whose): AttemptsQuery {
  const { start_date: start, end_date: end } = query;
  return {
    ...(query.request_id !== undefined && { request_id: query.request_id }),
    ...(query.api_key !== undefined && { key_hash: query.api_key }),
    ...(query.user_id !== undefined && { user_id: query.user_id }),
    ...(query.team_id !== undefined && { team_id: query.team_id }),
    ...(query.end_user !== undefined && { end_user_id: query.end_user }),
    ...(query.model !== undefined && { model_group: query.model }),
    ...(query.model_id !== undefined && { deployment_id: query.model_id }),
    ...(query.tag !== undefined && { tag: query.tag }),
    ...(start !== undefined && { from: firstMoment(start).toISOString() }),
    ...(end !== undefined && { until: lastMoment(end).toISOString() }),
  };
}

/** The same for a page of a list that is filtered by more. */
export function pagedAttemptsOf(query: z.output<typeof PagedSpendLogsSchema>): AttemptsQuery {
  const { status_filter: status, min_spend: least, max_spend: most } = query;
  return {
    ...attemptsOf(query),
    ...(status !== undefined && { failed: status === 'failure' }),
    ...(least !== undefined && { min_nano_dollars: least }),
    ...(most !== undefined && { max_nano_dollars: most }),
    sort_by: sortColumns[query.sort_by],
    sort_order: query.sort_order,
    page: query.page,
    size: query.page_size,
  };
}

/** Reports over days. */
export const DaysSchema = z.object({ ...reportDays, ...format });
/** `/global/spend/logs` */
export const SpendByDaySchema = DaysSchema.extend({ api_key: apiKey.optional() });
export const TopSchema = z.object({
  ...reportDays,
  ...format,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
export const TagsSchema = TopSchema.extend({ tags: ids.optional() });
export const UsersSchema = TopSchema.extend({ user_id: z.string().optional() });

/** `/global/spend/report` */
export const SpendReportSchema = z.object({
  ...reportDays,
  ...format,
  group_by: z.enum(reportGroups).optional(),
  api_key: apiKey.optional(),
  internal_user_id: z.string().optional(),
  team_id: z.string().optional(),
  customer_id: z.string().optional(),
});

/** `/user/daily/activity` and its kin. */
export const ActivitySchema = z.object({
  ...reportDays,
  ...format,
  api_key: apiKey.optional(),
  model: z.string().optional(),
  user_id: z.string().optional(),
  team_ids: ids.optional(),
  end_user_ids: ids.optional(),
  tags: ids.optional(),
});
export type ActivityQuery = z.output<typeof ActivitySchema>;
