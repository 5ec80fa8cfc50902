import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { budgetCreate, budgetList, budgetUpdate, SharedBudgetRow } from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { sharedBudgetRow } from './shared-budget-row.js';
import { SharedBudgetRepository } from './shared-budget.repository.js';

/** The rules about budgets that several hold. */
@Injectable()
export class SharedBudgetService {
  constructor(
    private readonly budgets: SharedBudgetRepository,
    private readonly changes: IdentityChanges,
  ) {}

  async create({
    budget_id: wanted,
    ...fields
  }: z.output<typeof budgetCreate.request>): Promise<SharedBudgetRow> {
    const id = wanted ?? randomUUID();
    const record = await this.budgets.create(id, fields);
    if (record === undefined) {
      throw refusal('already_exists', `Budget already exists, passed budget_id=${id}.`, 'budget_id');
    }
    // A default budget may be named before it is made.
    this.changes.publish({ budgetIds: [id] });
    return sharedBudgetRow(record);
  }

  async update({
    budget_id: id,
    ...fields
  }: z.output<typeof budgetUpdate.request>): Promise<SharedBudgetRow> {
    const record = await this.budgets.update(id, fields);
    if (record === undefined) throw unknownBudget(id);
    this.changes.publish({ budgetIds: [id] });
    return sharedBudgetRow(record);
  }

  async delete(id: string): Promise<SharedBudgetRow> {
    const record = await this.budgets.delete(id);
    if (record === undefined) throw unknownBudget(id);
    if (record === 'held') throw heldBudget(id);
    this.changes.publish({ budgetIds: [id] });
    return sharedBudgetRow(record);
  }

  async read(ids: readonly string[]): Promise<{ rows: SharedBudgetRow[] }> {
    const records = await this.budgets.findAll(ids);
    const byId = new Map(records.map((record) => [record.id, record]));
    const rows = ids.map((id) => {
      const record = byId.get(id);
      if (record === undefined) throw unknownBudget(id);
      return sharedBudgetRow(record);
    });
    return { rows };
  }

  async list({
    page,
    size,
  }: z.output<typeof budgetList.request>): Promise<z.output<typeof budgetList.value>> {
    const { records, total } = await this.budgets.list(page, size);
    return { rows: records.map(sharedBudgetRow), total };
  }
}

function unknownBudget(id: string) {
  return refusal('record_not_found', `Budget not found, passed budget_id=${id}`, 'budget_id');
}

/** Whoever has it would have no limits from then on. */
function heldBudget(id: string) {
  const message = `Budget ${id} is in use. Give its keys, teams, users, end users and tags another one, or null, first.`;
  return refusal('invalid_request', message, 'id');
}
