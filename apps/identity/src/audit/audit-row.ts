import { AuditRowSchema, type AuditRow } from '@signalbox/contracts';
import type { AuditEntry } from '@signalbox/database';

/** LiteLLM's names of the tables it has too. */
const litellmNames: Readonly<Record<string, string>> = {
  end_users: 'LiteLLM_EndUserTable',
  teams: 'LiteLLM_TeamTable',
  api_keys: 'LiteLLM_VerificationToken',
  users: 'LiteLLM_UserTable',
  team_members: 'LiteLLM_TeamMembership',
  models: 'LiteLLM_ProxyModelTable',
  budgets: 'LiteLLM_BudgetTable',
  tags: 'LiteLLM_TagTable',
};

const { action: actionSchema, before_value: valueSchema } = AuditRowSchema.shape;

/** Our name of a table, whichever name it is asked for by. */
export function tableNameOf(asked: string): string {
  return Object.entries(litellmNames).find(([, name]) => name === asked)?.[0] ?? asked;
}

/** An entry as the admin API shows it. */
export function auditRow(entry: AuditEntry): AuditRow {
  return {
    id: entry.id,
    updated_at: entry.changedAt.toISOString(),
    changed_by: entry.changedBy,
    changed_by_api_key: entry.changedByKey,
    changed_by_key_alias: entry.changedByKeyAlias,
    request_id: entry.requestId,
    action: actionSchema.parse(entry.action),
    table_name: litellmNames[entry.tableName] ?? entry.tableName,
    object_id: entry.objectId,
    before_value: valueSchema.parse(entry.before),
    updated_values: valueSchema.parse(entry.after),
  };
}
