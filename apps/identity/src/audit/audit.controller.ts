import { Controller } from '@nestjs/common';
import { auditList, auditRead, type AuditRow } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { refusal } from '../failures/refusal.js';
import { auditRow } from './audit-row.js';
import { AuditRepository } from './audit.repository.js';

const idSchema = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What was changed, and by whom. */
@Controller()
export class AuditController {
  constructor(private readonly audit: AuditRepository) {}

  @Answers(auditList)
  async list(query: z.output<typeof auditList.request>): Promise<{ rows: AuditRow[]; total: number }> {
    const { entries, total } = await this.audit.list(query);
    return { rows: entries.map(auditRow), total };
  }

  @Answers(auditRead)
  async read({ id }: z.output<typeof auditRead.request>): Promise<AuditRow> {
    // Postgres takes nothing but a UUID for an id.
    const entry = idSchema.test(id) ? await this.audit.find(id) : null;
    if (entry === null) throw refusal('record_not_found', `Audit log with ID ${id} not found`, 'id');
    return auditRow(entry);
  }
}
