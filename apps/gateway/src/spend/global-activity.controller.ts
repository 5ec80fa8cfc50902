import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import type { z } from 'zod';
import { AdminController, AdminRoute } from '../admin/admin-route.js';
import { dayDescriptions, daysOf } from './report-days.js';
import { SpendAnswerInterceptor, type SpendAnswer } from './spend-answer.interceptor.js';
import { SpendLedger } from './spend-ledger.js';
import { DaysSchema, formatDescription } from './spend-queries.js';
import { grouped, sumColumns, total, type SpendRow } from './spend-rows.js';

const query = { ...dayDescriptions, ...formatDescription };
const example = {
  daily_data: [{ date: '2026-11-21', api_requests: 12, total_tokens: 1_200 }],
  sum_api_requests: 12,
  sum_total_tokens: 1_200,
};

/** LiteLLM's `/global/activity`: attempts and tokens of the whole house, day by day. */
@Controller('global/activity')
@AdminController('spend')
@UseInterceptors(SpendAnswerInterceptor)
export class GlobalActivityController {
  constructor(private readonly ledger: SpendLedger) {}

  @Get()
  @AdminRoute({
    summary: 'Attempts and tokens by day',
    query,
    answer: example,
    errors: ['usage_unavailable'],
  })
  async all(@Query({ schema: DaysSchema }) days: z.output<typeof DaysSchema>): Promise<SpendAnswer> {
    const rows = await this.ledger.report(['day'], daysOf(days, Date.now()));
    return {
      json: activity(rows),
      table: () => rows.map(({ day, sums }) => ({ day, ...sumColumns(sums) })),
    };
  }

  @Get('model')
  @AdminRoute({
    summary: 'Attempts and tokens by model and day, the models most used first',
    query,
    answer: [{ model: 'gpt-4o', ...example }],
    errors: ['usage_unavailable'],
  })
  async models(@Query({ schema: DaysSchema }) days: z.output<typeof DaysSchema>): Promise<SpendAnswer> {
    const rows = await this.ledger.report(['day', 'model_group'], daysOf(days, Date.now()));
    const models = [...grouped(rows, (row) => row.model_group)].map(([model, ofModel]) => ({
      model,
      ...activity(ofModel),
    }));
    return {
      json: models.toSorted((one, other) => other.sum_api_requests - one.sum_api_requests),
      table: () => rows.map(({ day, model_group: model, sums }) => ({ day, model, ...sumColumns(sums) })),
    };
  }
}

function activity(rows: readonly SpendRow<'day'>[]) {
  const sums = total(rows);
  return {
    daily_data: rows.map(({ day, sums: ofDay }) => ({
      date: day,
      api_requests: ofDay.attempts,
      total_tokens: ofDay.total_tokens,
    })),
    sum_api_requests: sums.attempts,
    sum_total_tokens: sums.total_tokens,
  };
}
