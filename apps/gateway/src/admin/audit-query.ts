import { auditActions, auditSortColumns } from '@signalbox/contracts';
import { z } from 'zod';

const day = z.iso.date();
const time = z.iso.datetime({ offset: true, local: true });

/** A day or a time as LiteLLM's clients write it; without an offset it is UTC. */
const moment = z.union([day, time]);

/** Milliseconds until the end of the day. */
const LAST_OF_DAY_MS = 86_400_000 - 1;

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
    start_date: moment.optional(),
    end_date: moment.optional(),
    sort_by: z.enum(auditSortColumns).default('updated_at'),
    sort_order: z.enum(['asc', 'desc']).default('desc'),
  })
  .transform(({ start_date: start, end_date: end, ...query }) => ({
    ...query,
    ...(start !== undefined && { from: firstMoment(start).toISOString() }),
    ...(end !== undefined && { until: lastMoment(end).toISOString() }),
  }));
export type AuditQuery = z.output<typeof auditQuery>;

function firstMoment(text: string): Date {
  // A day alone is UTC by the language's rules, a time without an offset is not.
  const hasZone = day.safeParse(text).success || /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  return new Date(hasZone ? text : `${text}Z`);
}

/** A day belongs to the range to its end. */
function lastMoment(text: string): Date {
  const first = firstMoment(text);
  return day.safeParse(text).success ? new Date(first.getTime() + LAST_OF_DAY_MS) : first;
}
