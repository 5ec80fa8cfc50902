import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import type { ReportDimension, ReportPart } from '@signalbox/contracts';
import type { z } from 'zod';
import { AdminController, AdminRoute } from '../admin/admin-route.js';
import { dayDescriptions, daysOf, type Days } from './report-days.js';
import { SpendAnswerInterceptor, type SpendAnswer } from './spend-answer.interceptor.js';
import { SpendLedger } from './spend-ledger.js';
import {
  DaysSchema,
  formatDescription,
  SpendByDaySchema,
  SpendReportSchema,
  TagsSchema,
  TopSchema,
} from './spend-queries.js';
import { groupRules, reportGroups, spendReport, spendReportTable } from './spend-report.js';
import { dollars, grouped, keyAlias, sumColumns, teamName, total, type SpendRow } from './spend-rows.js';

const hash = '03ac674216f3e15c761ee1a5e255f067953623c8b388b4459e13f978d7c846f4';
const days = { ...dayDescriptions, ...formatDescription };
const top = { ...days, limit: 'How many, the dearest first; at most 1000, unless told 100' };
const unpriced = { unpriced_attempts: 0 };

/** LiteLLM's `/global/spend/*`: what the whole house spent. Answers come from sums by day. */
@Controller('global/spend')
@AdminController('spend')
@UseInterceptors(SpendAnswerInterceptor)
export class GlobalSpendController {
  constructor(private readonly ledger: SpendLedger) {}

  @Get('report')
  @AdminRoute({
    summary: 'Spend by day and team, customer or model, or by key',
    query: {
      ...days,
      group_by: `${reportGroups.join(', ')}; unless told team`,
      api_key: 'Of one key alone, by key: the key or its sha-256',
      internal_user_id: 'Of one internal user alone, by key',
      team_id: 'Of one team alone',
      customer_id: 'Of one end user alone, by customer',
    },
    answer: [
      {
        group_by_day: '2026-11-21T00:00:00+00:00',
        teams: [
          {
            team_name: 'Prod Team',
            team_id: 't1',
            total_spend: 0.0015265,
            ...unpriced,
            metadata: [{ model: 'gpt-4o', api_key: hash, spend: 0.0015265, total_tokens: 122, ...unpriced }],
          },
        ],
      },
    ],
    errors: ['usage_unavailable', 'identity_unavailable'],
  })
  async report(
    @Query({ schema: SpendReportSchema }) query: z.output<typeof SpendReportSchema>,
  ): Promise<SpendAnswer> {
    const { api_key: key, internal_user_id: user, team_id: team, customer_id: customer } = query;
    const ofKeys = key !== undefined || user !== undefined;
    const group = query.group_by ?? (ofKeys ? 'api_key' : customer === undefined ? 'team' : 'customer');
    const where = {
      ...(key !== undefined && { key_hash: [key] }),
      ...(user !== undefined && { user_id: [user] }),
      ...(team !== undefined && { team_id: [team] }),
      ...(customer !== undefined && { subject: [customer] }),
    };
    // Only a customer's part of the sums knows customers.
    const { by, part } =
      customer === undefined ? groupRules[group] : { ...groupRules[group], part: 'end_user' as const };
    const rows = await this.ledger.report(by, { part, ...this.daysOf(query), where });
    const names = await this.ledger.names(rows);
    return {
      json: spendReport(group, rows, names),
      table: () => spendReportTable(group, rows, names),
    };
  }

  @Get('logs')
  @AdminRoute({
    summary: 'Spend by day',
    query: { ...days, api_key: 'Of one key alone: the key or its sha-256' },
    answer: [{ date: '2026-11-21', spend: 1.25, ...unpriced }],
    errors: ['usage_unavailable'],
  })
  async logs(
    @Query({ schema: SpendByDaySchema }) query: z.output<typeof SpendByDaySchema>,
  ): Promise<SpendAnswer> {
    const where = query.api_key === undefined ? {} : { key_hash: [query.api_key] };
    const rows = await this.ledger.report(['day'], { ...this.daysOf(query), where });
    return {
      json: rows.map(({ day: date, sums }) => ({
        date,
        spend: dollars(sums),
        unpriced_attempts: sums.unpriced_attempts,
      })),
      table: () => rows.map(({ day, sums }) => ({ day, ...sumColumns(sums) })),
    };
  }

  @Get('keys')
  @AdminRoute({
    summary: 'The keys that spent most',
    query: top,
    answer: [{ api_key: hash, key_name: 'sk-...EueQ', key_alias: 'ci', total_spend: 1.25, ...unpriced }],
    errors: ['usage_unavailable', 'identity_unavailable'],
  })
  async keys(@Query({ schema: TopSchema }) query: z.output<typeof TopSchema>): Promise<SpendAnswer> {
    const rows = await this.dearest('key_hash', query);
    const names = await this.ledger.names(rows);
    const name = ({ key_hash: key }: SpendRow<'key_hash'>) => ({
      api_key: key,
      key_name: names.keys[key]?.key_name ?? null,
      key_alias: keyAlias(names, key),
    });
    return listed(rows, name);
  }

  @Get('teams')
  @AdminRoute({
    summary: 'Spend of teams, day by day and together',
    query: days,
    answer: {
      daily_spend: [{ date: '2026-11-21', 'Prod Team': 1.25, total_spend: 1.25 }],
      teams: ['Prod Team'],
      total_spend_per_team: [{ team_id: 't1', team_name: 'Prod Team', total_spend: 1.25, ...unpriced }],
    },
    errors: ['usage_unavailable', 'identity_unavailable'],
  })
  async teams(@Query({ schema: DaysSchema }) query: z.output<typeof DaysSchema>): Promise<SpendAnswer> {
    const rows = await this.ledger.report(['day', 'team_id'], this.daysOf(query));
    const names = await this.ledger.names(rows);
    const nameOf = (id: string): string => teamName(names, id) ?? 'no team';
    const perTeam = [...grouped(rows, (row) => row.team_id)].map(([id, some]) => ({ id, sums: total(some) }));
    const dearestFirst = perTeam.toSorted((one, other) => other.sums.nano_dollars - one.sums.nano_dollars);
    return {
      json: {
        daily_spend: [...grouped(rows, ({ day }) => day)].map(([date, ofDay]) => ({
          date,
          ...Object.fromEntries(ofDay.map(({ team_id: id, sums }) => [nameOf(id), dollars(sums)])),
          total_spend: dollars(total(ofDay)),
        })),
        teams: dearestFirst.map(({ id }) => nameOf(id)),
        total_spend_per_team: dearestFirst.map(({ id, sums }) => ({
          team_id: id === '' ? null : id,
          team_name: nameOf(id),
          ...totals(sums),
        })),
      },
      table: () =>
        rows.map(({ day, team_id: id, sums }) => ({
          day,
          team_id: id,
          team_name: nameOf(id),
          ...sumColumns(sums),
        })),
    };
  }

  @Get('models')
  @AdminRoute({
    summary: 'The models that cost most',
    query: top,
    answer: [{ model: 'gpt-4o', total_spend: 1.25, ...unpriced }],
    errors: ['usage_unavailable'],
  })
  async models(@Query({ schema: TopSchema }) query: z.output<typeof TopSchema>): Promise<SpendAnswer> {
    return listed(await this.dearest('model_group', query), (row) => ({ model: row.model_group }));
  }

  @Get('end_users')
  @AdminRoute({
    summary: 'The end users that spent most',
    query: top,
    answer: [{ end_user: 'ishaan-jaff-45', total_count: 12, total_spend: 1.25, ...unpriced }],
    errors: ['usage_unavailable'],
  })
  async endUsers(@Query({ schema: TopSchema }) query: z.output<typeof TopSchema>): Promise<SpendAnswer> {
    return listed(await this.dearest('subject', query, 'end_user'), ({ subject, sums }) => ({
      end_user: subject,
      total_count: sums.attempts,
    }));
  }

  @Get('tags')
  @AdminRoute({
    summary: 'The tags that spent most; an attempt counts for each of its tags',
    query: { ...top, tags: 'Of these tags alone, separated by commas' },
    answer: { spend_per_tag: [{ name: 'free', spend: 1.25, log_count: 12, ...unpriced }] },
    errors: ['usage_unavailable'],
  })
  async tags(@Query({ schema: TagsSchema }) query: z.output<typeof TagsSchema>): Promise<SpendAnswer> {
    const where = query.tags === undefined ? {} : { subject: query.tags };
    const rows = await this.dearest('subject', query, 'tag', where);
    const perTag = rows.map(({ subject: name, sums }) => ({
      name,
      spend: dollars(sums),
      log_count: sums.attempts,
      unpriced_attempts: sums.unpriced_attempts,
    }));
    return {
      json: { spend_per_tag: perTag },
      table: () => rows.map(({ subject: tag, sums }) => ({ tag, ...sumColumns(sums) })),
    };
  }

  @Get('provider')
  @AdminRoute({
    summary: 'Spend by provider',
    query: days,
    answer: [{ provider: 'azure', spend: 1.25, ...unpriced }],
    errors: ['usage_unavailable'],
  })
  async provider(@Query({ schema: DaysSchema }) query: z.output<typeof DaysSchema>): Promise<SpendAnswer> {
    const rows = await this.dearest('provider', { ...query, limit: 1_000 });
    return {
      json: rows.map(({ provider, sums }) => ({
        provider,
        spend: dollars(sums),
        unpriced_attempts: sums.unpriced_attempts,
      })),
      table: () => rows.map(({ provider, sums }) => ({ provider, ...sumColumns(sums) })),
    };
  }

  private dearest<Dimension extends ReportDimension>(
    dimension: Dimension,
    query: z.output<typeof TopSchema>,
    part: ReportPart = 'all',
    where: Partial<Record<ReportDimension, string[]>> = {},
  ): Promise<SpendRow<Dimension>[]> {
    return this.ledger.report([dimension], { part, ...this.daysOf(query), where, top: query.limit });
  }

  private daysOf(query: z.output<typeof DaysSchema>): Days {
    return daysOf(query, Date.now());
  }
}

/** A list of LiteLLM's that says whose it is and what it comes to. */
function listed<Row extends SpendRow<never>>(
  rows: readonly Row[],
  name: (row: Row) => Record<string, string | number | null>,
): SpendAnswer {
  return {
    json: rows.map((row) => ({ ...name(row), ...totals(row.sums) })),
    table: () => rows.map((row) => ({ ...name(row), ...sumColumns(row.sums) })),
  };
}

function totals(sums: SpendRow<never>['sums']) {
  return { total_spend: dollars(sums), unpriced_attempts: sums.unpriced_attempts };
}
