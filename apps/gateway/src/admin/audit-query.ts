import { auditActions, auditSortColumns } from '@signalbox/contracts';
import { z } from 'zod';
import { firstMoment, lastMoment, momentQuery } from './moment-query.js';

/** LiteLLM's query of `GET /audit`. */
export const auditQuery = z
  .object({
    page: z.coerce.number().int().min(1).max(1_000_000).default(1),
    page_size: z.coerce.number().int().min(1).max(100).default(10),
    changed_by: z.string().optional(),
    changed_by_api_key: z.string().optional(),
    action: z.enum(auditActions).optional(),
    table_name: z.string().optional(),
    object_id: z.string().optional(),
    start_date: momentQuery.optional(),
    end_date: momentQuery.optional(),
    sort_by: z.enum(auditSortColumns).default('updated_at'),
    sort_order: z.enum(['asc', 'desc']).default('desc'),
  })
  .transform(({ start_date: start, end_date: end, ...query }) => ({
    ...query,
    ...(start !== undefined && { from: firstMoment(start).toISOString() }),
    ...(end !== undefined && { until: lastMoment(end).toISOString() }),
  }));
export type AuditQuery = z.output<typeof auditQuery>;
