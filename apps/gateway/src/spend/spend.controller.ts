import { Body, Controller, Get, Inject, Post, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import type { CallSettings } from '@signalbox/calls';
import type { Current } from '@signalbox/config';
import type { AttemptRow } from '@signalbox/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AdminController, AdminRoute } from '../admin/admin-route.js';
import { TOTAL_HEADER } from '../admin/page-query.js';
import { pagedAnswer } from '../admin/paged-answer.js';
import { callerOf } from '../authentication/principal.js';
import { SETTINGS } from '../gateway.tokens.js';
import type { TableRow } from './csv.js';
import { dayDescriptions, dayOf, daysOf } from './report-days.js';
import { calculateSpend, SpendCalculationSchema, type SpendCalculation } from './spend-calculation.js';
import { SpendAnswerInterceptor, type SpendAnswer } from './spend-answer.interceptor.js';
import { SpendLedger } from './spend-ledger.js';
import { spendLog, spendLogLine } from './spend-log.js';
import {
  attemptsOf,
  formatDescription,
  pagedAttemptsOf,
  PagedSpendLogsSchema,
  SpendLogsSchema,
  TagsSchema,
  UsersSchema,
  whoseDescriptions,
} from './spend-queries.js';
import { dollars, idOrNull, keyAlias, sumColumns } from './spend-rows.js';
import { spendSummary } from './spend-summary.js';

const hash = '03ac674216f3e15c761ee1a5e255f067953623c8b388b4459e13f978d7c846f4';
const attempt: AttemptRow = {
  attempt_id: '0193f0a0-4b1e-7c6e-9d0e-2f6f3c1a0001-1',
  request_id: '5f0c3a0e-6a57-4b56-9d2f-0c6e4c1d7b11',
  started_at: '2026-11-21T10:05:00.123Z',
  duration_ms: 412,
  first_byte_ms: 31,
  outcome: 'succeeded',
  upstream_status: 200,
  streamed: true,
  mode: 'chat',
  deployment_id: 'azure-sweden',
  model_group: 'gpt-4o',
  provider: 'azure',
  provider_model: 'gpt-4o-sweden',
  region: 'swedencentral',
  key_hash: hash,
  team_id: 't1',
  user_id: 'u1',
  end_user_id: 'ishaan-jaff-45',
  tags: ['free'],
  prompt_tokens: 92,
  completion_tokens: 30,
  total_tokens: 122,
  cached_tokens: 0,
  reasoning_tokens: 0,
  other_tokens: {},
  token_source: 'provider',
  nano_dollars: 1_526_500,
};
const log = spendLog(attempt, {
  keys: { [hash]: { key_name: 'sk-...EueQ', key_alias: 'ci', team_id: 't1', user_id: 'u1' } },
  teams: { t1: { team_alias: 'Prod Team' } },
  users: {},
});
/** Attempts in one answer of the list that has no pages. */
const MOST_LOGS = 1_000;
const whose = { ...whoseDescriptions, ...formatDescription };
const top = {
  ...dayDescriptions,
  ...formatDescription,
  limit: 'How many, the dearest first; at most 1000, unless told 100',
};
const errors = ['usage_unavailable', 'identity_unavailable'] as const;

/** LiteLLM's `/spend/*`: single attempts, and who spent what. */
@Controller('spend')
@AdminController('spend')
export class SpendController {
  constructor(
    private readonly ledger: SpendLedger,
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
  ) {}

  @Get('logs')
  @UseInterceptors(SpendAnswerInterceptor)
  @AdminRoute({
    summary: `The newest ${MOST_LOGS} attempts, all of them as CSV; with start_date and end_date each day instead, unless summarize is false`,
    query: { ...whose, summarize: 'false for attempts where both dates are given' },
    answer: [log],
    errors: [...errors],
  })
  async logs(
    @Query({ schema: SpendLogsSchema }) query: z.output<typeof SpendLogsSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SpendAnswer> {
    const { start_date: start, end_date: end, request_id: requestId } = query;
    if (query.summarize && start !== undefined && end !== undefined && requestId === undefined) {
      return this.summary({ start, end }, query);
    }
    const wanted = { ...attemptsOf(query), size: MOST_LOGS };
    const first = await this.ledger.attempts(wanted);
    void reply.header(TOTAL_HEADER, first.total);
    const rows: AttemptRow[] = [];
    for await (const some of this.ledger.attemptsFrom(first, wanted)) {
      rows.push(...some);
      if (rows.length >= MOST_LOGS) break;
    }
    const { json } = await this.logsAnswer(rows.slice(0, MOST_LOGS), (logs) => logs);
    return { json, table: () => this.tables(this.ledger.attemptsFrom(first, wanted)) };
  }

  @Get('logs/v2')
  @UseInterceptors(SpendAnswerInterceptor)
  @AdminRoute({
    summary: 'Attempts, filtered, sorted and in pages; total counts up to 10000',
    query: {
      ...whose,
      status_filter: 'success or failure',
      min_spend: 'US dollars',
      max_spend: 'US dollars',
      sort_by: 'startTime, spend or total_tokens; unless told startTime',
      sort_order: 'asc, or desc as it is unless told',
      page: 'From 1',
      page_size: 'Attempts per page, at most 100, unless told 50',
    },
    answer: { data: [log], total: 1, has_more_than_total: false, page: 1, page_size: 50, total_pages: 1 },
    errors: [...errors],
  })
  async pagedLogs(
    @Query({ schema: PagedSpendLogsSchema }) query: z.output<typeof PagedSpendLogsSchema>,
  ): Promise<SpendAnswer> {
    const { rows, total, has_more_than_total: more } = await this.ledger.attempts(pagedAttemptsOf(query));
    return this.logsAnswer(rows, (data) => ({
      data,
      has_more_than_total: more,
      ...pagedAnswer(total, query),
    }));
  }

  @Get('keys')
  @UseInterceptors(SpendAnswerInterceptor)
  @AdminRoute({
    summary: 'The keys that spent most',
    query: top,
    answer: [
      {
        token: hash,
        key_name: 'sk-...EueQ',
        key_alias: 'ci',
        team_id: 't1',
        user_id: 'u1',
        spend: 1.25,
        unpriced_attempts: 0,
      },
    ],
    errors: [...errors],
  })
  async keys(@Query({ schema: UsersSchema }) query: z.output<typeof UsersSchema>): Promise<SpendAnswer> {
    const days = daysOf(query, Date.now());
    const rows = await this.ledger.report(['key_hash'], { ...days, top: query.limit });
    const names = await this.ledger.names(rows);
    const holder = (token: string) => ({
      token,
      key_name: names.keys[token]?.key_name ?? null,
      key_alias: keyAlias(names, token),
      team_id: names.keys[token]?.team_id ?? null,
      user_id: names.keys[token]?.user_id ?? null,
    });
    return {
      json: rows.map(({ key_hash: token, sums }) => ({
        ...holder(token),
        spend: dollars(sums),
        unpriced_attempts: sums.unpriced_attempts,
      })),
      table: () => rows.map(({ key_hash: token, sums }) => ({ ...holder(token), ...sumColumns(sums) })),
    };
  }

  @Get('users')
  @UseInterceptors(SpendAnswerInterceptor)
  @AdminRoute({
    summary: 'The internal users that spent most',
    query: { ...top, user_id: 'Of this user alone' },
    answer: [{ user_id: 'u1', user_email: 'ann@example.com', spend: 1.25, unpriced_attempts: 0 }],
    errors: [...errors],
  })
  async users(@Query({ schema: UsersSchema }) query: z.output<typeof UsersSchema>): Promise<SpendAnswer> {
    const where = query.user_id === undefined ? {} : { user_id: [query.user_id] };
    const days = daysOf(query, Date.now());
    const rows = await this.ledger.report(['user_id'], { ...days, where, top: query.limit });
    const names = await this.ledger.names(rows);
    const user = (id: string) => ({ user_id: idOrNull(id), user_email: names.users[id]?.user_email ?? null });
    return {
      json: rows.map(({ user_id: id, sums }) => ({
        ...user(id),
        spend: dollars(sums),
        unpriced_attempts: sums.unpriced_attempts,
      })),
      table: () => rows.map(({ user_id: id, sums }) => ({ ...user(id), ...sumColumns(sums) })),
    };
  }

  @Get('tags')
  @UseInterceptors(SpendAnswerInterceptor)
  @AdminRoute({
    summary: 'The tags that spent most; an attempt counts for each of its tags',
    query: { ...top, tags: 'Of these tags alone, separated by commas' },
    answer: [{ individual_request_tag: 'free', log_count: 12, total_spend: 1.25, unpriced_attempts: 0 }],
    errors: ['usage_unavailable'],
  })
  async tags(@Query({ schema: TagsSchema }) query: z.output<typeof TagsSchema>): Promise<SpendAnswer> {
    const where = query.tags === undefined ? {} : { subject: query.tags };
    const days = daysOf(query, Date.now());
    const rows = await this.ledger.report(['subject'], { part: 'tag', ...days, where, top: query.limit });
    return {
      json: rows.map(({ subject, sums }) => ({
        individual_request_tag: subject,
        log_count: sums.attempts,
        total_spend: dollars(sums),
        unpriced_attempts: sums.unpriced_attempts,
      })),
      table: () => rows.map(({ subject: tag, sums }) => ({ tag, ...sumColumns(sums) })),
    };
  }

  @Post('calculate')
  @AdminRoute({
    summary: 'What a prompt or an answer costs, at the prices of the dearest deployment that may serve it',
    body: {
      schema: SpendCalculationSchema,
      example: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hey there' }] },
    },
    answer: { cost: 0.0000225 },
    errors: ['model_not_found', 'price_unknown'],
  })
  calculate(
    @Req() { principal }: FastifyRequest,
    @Body({ schema: SpendCalculationSchema }) body: SpendCalculation,
  ): { cost: number } {
    return { cost: calculateSpend(body, callerOf(principal), this.settings.current) };
  }

  private async summary(
    { start, end }: { start: string; end: string },
    query: z.output<typeof SpendLogsSchema>,
  ): Promise<SpendAnswer> {
    const { api_key: key, user_id: user, team_id: team, model } = query;
    const where = {
      ...(key !== undefined && { key_hash: [key] }),
      ...(user !== undefined && { user_id: [user] }),
      ...(team !== undefined && { team_id: [team] }),
      ...(model !== undefined && { model_group: [model] }),
    };
    const days = { from: dayOf(start), until: dayOf(end), where };
    const rows = await this.ledger.report(['day', 'key_hash', 'user_id', 'model_group'], days);
    return {
      json: spendSummary(rows),
      table: () =>
        rows.map(({ day, key_hash, user_id, model_group, sums }) => ({
          day,
          api_key: key_hash,
          user_id,
          model: model_group,
          ...sumColumns(sums),
        })),
    };
  }

  private async *tables(pages: AsyncIterable<AttemptRow[]>): AsyncGenerator<TableRow[]> {
    for await (const rows of pages) {
      const names = await this.ledger.names(rows);
      yield rows.map((row) => spendLogLine(row, names));
    }
  }

  private async logsAnswer(
    rows: readonly AttemptRow[],
    json: (logs: ReturnType<typeof spendLog>[]) => object,
  ): Promise<SpendAnswer> {
    const names = await this.ledger.names(rows);
    return {
      json: json(rows.map((row) => spendLog(row, names))),
      table: () => rows.map((row) => spendLogLine(row, names)),
    };
  }
}
