import { Injectable } from '@nestjs/common';
import {
  fault,
  FaultError,
  type EndUserDefaults,
  type EndUserFields,
  type endUserList,
  type EndUserPolicy,
  type EndUserRow,
} from '@signalbox/contracts';
import type { SharedBudget } from '@signalbox/database';
import type { z } from 'zod';
import { SharedBudgetRepository } from '../budgets/shared-budget.repository.js';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { endUserPolicy, endUserRow, type EndUserWithBudget } from './end-user-row.js';
import { EndUserRepository } from './end-user.repository.js';

type EndUserInput = EndUserFields & { user_id: string };

/** The rules about end users. */
@Injectable()
export class EndUserService {
  constructor(
    private readonly endUsers: EndUserRepository,
    private readonly budgets: SharedBudgetRepository,
    private readonly changes: IdentityChanges,
  ) {}

  /** What a call in this end user's name must obey. An id never seen gets a record and no restriction but the defaults. */
  async policy(id: string, defaults: EndUserDefaults = {}): Promise<EndUserPolicy> {
    const record = await this.endUsers.findOrCreate(id);
    return endUserPolicy(hasBudget(record) ? record : await this.withDefaults(record, defaults));
  }

  async create({ user_id: id, ...fields }: EndUserInput): Promise<EndUserRow> {
    const record = await this.endUsers.create(id, fields);
    if (record === undefined) {
      const message = `Customer already exists, passed user_id=${id}. Please pass a new user_id.`;
      throw refusal('already_exists', message, 'user_id');
    }
    this.changes.publish({ endUserIds: [id] });
    return endUserRow(record);
  }

  async update({ user_id: id, ...fields }: EndUserInput): Promise<EndUserRow> {
    const record = await this.endUsers.update(id, fields);
    if (record === undefined) throw unknownEndUser(id, 'user_id');
    this.changes.publish({ endUserIds: [id] });
    return endUserRow(record);
  }

  async delete(userIds: readonly string[]): Promise<{ deleted_customers: number; message: string }> {
    const ids = [...new Set(userIds)];
    const [missing] = await this.endUsers.deleteAll(ids);
    if (missing !== undefined) throw unknownEndUser(missing, 'user_ids');
    this.changes.publish({ endUserIds: ids });
    const list = ids.map((id) => `'${id}'`).join(', ');
    return { deleted_customers: ids.length, message: `Successfully deleted customers with ids: [${list}]` };
  }

  async block(userIds: readonly string[], blocked: boolean): Promise<{ blocked_users: EndUserRow[] }> {
    const ids = [...new Set(userIds)];
    const records = await this.endUsers.block(ids, blocked);
    this.changes.publish({ endUserIds: ids });
    return { blocked_users: records.map(endUserRow) };
  }

  async read(id: string): Promise<EndUserRow> {
    const record = await this.endUsers.find(id);
    if (record === null) throw unknownEndUser(id, 'end_user_id');
    return endUserRow(record);
  }

  async list(query: z.output<typeof endUserList.request>): Promise<z.output<typeof endUserList.value>> {
    const { records, total } = await this.endUsers.list(query);
    return { rows: records.map(endUserRow), total };
  }

  /** The record as if it had the default budget. One that is configured and missing must not become none. */
  private async withDefaults(
    record: EndUserWithBudget,
    { budgetId, maxNanoDollars }: EndUserDefaults,
  ): Promise<EndUserWithBudget> {
    const budget = budgetId === undefined ? null : await this.budgets.find(budgetId);
    if (budget === null && budgetId !== undefined) {
      const message = `The default budget of end users does not exist: max_end_user_budget_id is ${budgetId}.`;
      throw new FaultError(fault('internal_error', message));
    }
    if (budget !== null) return { ...record, budgetId: budget.id, budget: orAtMost(budget, maxNanoDollars) };
    return orAtMost(record, maxNanoDollars);
  }
}

/** With this maximum where there is none; its window never ends. */
function orAtMost<Limited extends EndUserWithBudget | SharedBudget>(
  limited: Limited,
  maxNanoDollars: number | undefined,
): Limited {
  if (maxNanoDollars === undefined || limited.maxBudgetNanoDollars !== null) return limited;
  return { ...limited, maxBudgetNanoDollars: BigInt(maxNanoDollars), budgetDuration: null };
}

function hasBudget({ budgetId, maxBudgetNanoDollars: most }: EndUserWithBudget): boolean {
  return budgetId !== null || most !== null;
}

function unknownEndUser(id: string, param: string) {
  return refusal('record_not_found', `End User Id=${id} does not exist in db`, param);
}
