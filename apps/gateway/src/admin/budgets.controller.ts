import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { budgetCreate, budgetDelete, budgetList, budgetRead, budgetUpdate } from '@signalbox/contracts';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { budgetRecord, budgetSettings } from './budget-answer.js';
import {
  BudgetInfoSchema,
  BudgetListSchema,
  BudgetSettingsSchema,
  DeleteBudgetSchema,
  exampleBudget,
  NewBudgetSchema,
  UpdateBudgetSchema,
} from './budget-bodies.js';
import { TOTAL_HEADER } from './page-query.js';

const { budget_id: id } = exampleBudget;

/** LiteLLM's `/budget/*`: limits that keys, teams, users, end users and tags have by reference. */
@Controller('budget')
@AdminController('budgets')
export class BudgetsController {
  constructor(private readonly calls: AdminCalls) {}

  @Post('new')
  @AdminRoute({
    summary: 'Make a budget that others have by its id; each of them spends its own',
    body: {
      schema: NewBudgetSchema,
      example: { budget_id: id, max_budget: 10, budget_duration: '30d', rpm_limit: 60 },
    },
    answer: budgetRecord(exampleBudget),
    errors: ['already_exists', 'identity_unavailable'],
  })
  async create(@Body({ schema: NewBudgetSchema }) body: z.output<typeof NewBudgetSchema>) {
    return budgetRecord(await this.calls.identity(budgetCreate, body));
  }

  @Post('update')
  @AdminRoute({
    summary: 'Change a budget for all who have it; absent fields stay, null clears',
    body: { schema: UpdateBudgetSchema, example: { budget_id: id, max_budget: 20 } },
    answer: budgetRecord({ ...exampleBudget, max_budget: 20 }),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async update(@Body({ schema: UpdateBudgetSchema }) body: z.output<typeof UpdateBudgetSchema>) {
    return budgetRecord(await this.calls.identity(budgetUpdate, body));
  }

  @Post('delete')
  @AdminRoute({
    summary: 'Delete a budget that nobody has any more',
    body: { schema: DeleteBudgetSchema, example: { id } },
    answer: budgetRecord(exampleBudget),
    errors: ['record_not_found', 'invalid_request', 'identity_unavailable'],
  })
  async delete(@Body({ schema: DeleteBudgetSchema }) { id: budgetId }: z.output<typeof DeleteBudgetSchema>) {
    return budgetRecord(await this.calls.identity(budgetDelete, { budget_id: budgetId }));
  }

  @Post('info')
  @AdminRoute({
    summary: 'Budgets by their ids, in the order asked',
    body: { schema: BudgetInfoSchema, example: { budgets: [id] } },
    answer: [budgetRecord(exampleBudget)],
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async info(@Body({ schema: BudgetInfoSchema }) { budgets }: z.output<typeof BudgetInfoSchema>) {
    const { rows } = await this.calls.identity(budgetRead, { budget_ids: budgets });
    return rows.map(budgetRecord);
  }

  @Get('settings')
  @AdminRoute({
    summary: 'The fields of a budget one by one, with what they hold',
    query: { budget_id: 'Id of the budget' },
    answer: budgetSettings(exampleBudget),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async settings(
    @Query({ schema: BudgetSettingsSchema }) { budget_id: budgetId }: z.output<typeof BudgetSettingsSchema>,
  ) {
    const { rows } = await this.calls.identity(budgetRead, { budget_ids: [budgetId] });
    return rows.flatMap(budgetSettings);
  }

  @Get('list')
  @AdminRoute({
    summary: `Budgets by id; the header ${TOTAL_HEADER} says how many there are on all pages`,
    query: { page: 'From 1', size: 'Budgets per page, at most and unless told 1000' },
    answer: [budgetRecord(exampleBudget)],
    errors: ['identity_unavailable'],
  })
  async list(
    @Query({ schema: BudgetListSchema }) query: z.output<typeof BudgetListSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { rows, total } = await this.calls.identity(budgetList, query);
    void reply.header(TOTAL_HEADER, total);
    return rows.map(budgetRecord);
  }
}
