import { z } from 'zod';
import { defineCall } from './contract.js';

/** What can have been done to a record; `rotated`: its id is another one now. The words are LiteLLM's. */
export const auditActions = ['created', 'updated', 'deleted', 'blocked', 'unblocked', 'rotated'] as const;

/** Columns that a list can be sorted by. */
export const auditSortColumns = [
  'updated_at',
  'changed_by',
  'changed_by_api_key',
  'action',
  'table_name',
  'object_id',
] as const;

/** One change as LiteLLM's `/audit` shows it, and by which request it came. */
export const AuditRowSchema = z.object({
  id: z.string(),
  updated_at: z.string(),
  /** A user, the name an operator's program gave, or `master`. */
  changed_by: z.string(),
  /** sha-256 of the key, or `master`. */
  changed_by_api_key: z.string().nullable(),
  changed_by_key_alias: z.string().nullable(),
  request_id: z.string().nullable(),
  action: z.enum(auditActions),
  /** LiteLLM's name of the table, where it has that table. */
  table_name: z.string(),
  object_id: z.string(),
  /** The record, its secrets masked; null before it was made. */
  before_value: z.record(z.string(), z.unknown()).nullable(),
  /** The record, its secrets masked; null after it was deleted. */
  updated_values: z.record(z.string(), z.unknown()).nullable(),
});
export type AuditRow = z.infer<typeof AuditRowSchema>;

/** Newest first unless told; times are ISO 8601, the last one belongs to the range. */
export const auditList = defineCall('audit.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    page_size: z.number().int().min(1).max(100).default(10),
    changed_by: z.string().optional(),
    changed_by_api_key: z.string().optional(),
    action: z.enum(auditActions).optional(),
    /** Ours or LiteLLM's name of the table. */
    table_name: z.string().optional(),
    object_id: z.string().optional(),
    from: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
    sort_by: z.enum(auditSortColumns).default('updated_at'),
    sort_order: z.enum(['asc', 'desc']).default('desc'),
  }),
  value: z.object({ rows: z.array(AuditRowSchema), total: z.number() }),
});

/** Fault: record_not_found. */
export const auditRead = defineCall('audit.read.v1', {
  request: z.object({ id: z.string() }),
  value: AuditRowSchema,
});
