import { Controller, Get, Param, Query } from '@nestjs/common';
import { auditActions, auditList, auditRead, auditSortColumns, type AuditRow } from '@signalbox/contracts';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { auditQuery, type AuditQuery } from './audit-query.js';

const example: AuditRow = {
  id: '0c0b6f0e-5a55-4d0e-9a2a-6f3b0b6d9a10',
  updated_at: '2026-11-21T10:05:00.000Z',
  changed_by: 'krrish@example.com',
  changed_by_api_key: 'master',
  changed_by_key_alias: null,
  request_id: '5f0c3a0e-6a57-4b56-9d2f-0c6e4c1d7b11',
  action: 'updated',
  table_name: 'LiteLLM_TeamTable',
  object_id: 'red',
  before_value: { id: 'red', rpm_limit: null },
  updated_values: { id: 'red', rpm_limit: 60 },
};

/** LiteLLM's `/audit`: what was changed, and by whom. */
@Controller('audit')
@AdminController('audit log')
export class AuditController {
  constructor(private readonly calls: AdminCalls) {}

  @Get()
  @AdminRoute({
    summary: 'Changes of keys, teams, users and everything else that operators govern',
    query: {
      page: 'From 1',
      page_size: 'Changes per page, at most 100, unless told 10',
      changed_by: 'A user, the name given in the header litellm-changed-by, or master',
      changed_by_api_key: 'sha-256 of the key the change was made with, or master',
      action: auditActions.join(', '),
      table_name: 'Such as LiteLLM_TeamTable, or our own name, such as teams',
      object_id: 'Id of the record: of a key its sha-256',
      start_date: 'The first day or time, ISO 8601, UTC unless told',
      end_date: 'The last day or time; a day counts to its end',
      sort_by: `${auditSortColumns.join(', ')}; unless told updated_at`,
      sort_order: 'asc, or desc as it is unless told',
    },
    answer: { audit_logs: [example], total: 1, page: 1, page_size: 10, total_pages: 1 },
    errors: ['identity_unavailable'],
  })
  async list(@Query({ schema: auditQuery }) query: AuditQuery) {
    const { rows, total } = await this.calls.identity(auditList, query);
    const { page, page_size: size } = query;
    return { audit_logs: rows, total, page, page_size: size, total_pages: Math.ceil(total / size) };
  }

  @Get(':id')
  @AdminRoute({
    summary: 'One change',
    answer: example,
    errors: ['record_not_found', 'identity_unavailable'],
  })
  one(@Param('id') id: string): Promise<AuditRow> {
    return this.calls.identity(auditRead, { id });
  }
}
