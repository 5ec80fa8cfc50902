import { Inject, Injectable } from '@nestjs/common';
import type { auditList, auditSortColumns } from '@signalbox/contracts';
import { DATABASE, type AuditEntry, type Database, type Prisma } from '@signalbox/database';
import type { z } from 'zod';
import { tableNameOf } from './audit-row.js';

type AuditQuery = z.output<typeof auditList.request>;

const columns = {
  updated_at: 'changedAt',
  changed_by: 'changedBy',
  changed_by_api_key: 'changedByKey',
  action: 'action',
  table_name: 'tableName',
  object_id: 'objectId',
} as const satisfies Record<(typeof auditSortColumns)[number], keyof AuditEntry>;

/** The table of changes; Postgres writes it, this only reads. */
@Injectable()
export class AuditRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  find(id: string): Promise<AuditEntry | null> {
    return this.database.auditEntry.findUnique({ where: { id } });
  }

  /** One page, and the count of all that fit. */
  async list(query: AuditQuery): Promise<{ entries: AuditEntry[]; total: number }> {
    const { page, page_size: size, sort_by: sortBy, sort_order: order } = query;
    const where = conditions(query);
    const [entries, total] = await this.database.$transaction([
      this.database.auditEntry.findMany({
        where,
        orderBy: [{ [columns[sortBy]]: order }, { position: order }],
        skip: (page - 1) * size,
        take: size,
      }),
      this.database.auditEntry.count({ where }),
    ]);
    return { entries, total };
  }
}

function conditions(query: AuditQuery): Prisma.AuditEntryWhereInput {
  const { changed_by, changed_by_api_key, action, table_name, object_id, from, until } = query;
  return {
    ...(changed_by !== undefined && { changedBy: changed_by }),
    ...(changed_by_api_key !== undefined && { changedByKey: changed_by_api_key }),
    ...(action !== undefined && { action }),
    ...(table_name !== undefined && { tableName: tableNameOf(table_name) }),
    ...(object_id !== undefined && { objectId: object_id }),
    changedAt: { ...(from !== undefined && { gte: from }), ...(until !== undefined && { lte: until }) },
  };
}
