import { Controller, Get, Query, Req, UseInterceptors } from '@nestjs/common';
import type { ReportDimension, ReportPart } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import { AdminController, AdminRoute } from '../admin/admin-route.js';
import { readingScope } from '../admin/key-scope.js';
import { requireTeamReader, requireUserReader } from '../admin/team-scope.js';
import { callerOf } from '../authentication/principal.js';
import { breakdowns, dailyActivity, type BrokenDownRow } from './daily-activity.js';
import { dayDescriptions, daysOf } from './report-days.js';
import { SpendAnswerInterceptor, type SpendAnswer } from './spend-answer.interceptor.js';
import { SpendLedger } from './spend-ledger.js';
import { ActivitySchema, formatDescription, type ActivityQuery } from './spend-queries.js';
import { keyAlias, sumColumns, teamName, total } from './spend-rows.js';

const query = {
  ...dayDescriptions,
  ...formatDescription,
  api_key: 'Of one key alone: the key or its sha-256',
  model: 'Of one model group alone',
};
const sums = total([]);
const answer = dailyActivity([{ day: '2026-11-21', sums }], {
  models: [{ day: '2026-11-21', id: 'gpt-4o-2024-08-06', sums }],
  model_groups: [{ day: '2026-11-21', id: 'gpt-4o', sums }],
  providers: [],
  api_keys: [],
  entities: [],
});
const errors = ['usage_unavailable', 'identity_unavailable'] as const;

/** Whose activity is shown: one dimension of the sums, and of it these alone. */
interface Entity {
  readonly part: ReportPart;
  readonly dimension: Extract<ReportDimension, 'user_id' | 'team_id' | 'subject'>;
  /** Undefined: everybody's. */
  readonly ids: readonly string[] | undefined;
}

/** LiteLLM's `/…/daily/activity`: day by day, broken down by model, provider, key and whose it is. */
@Controller()
@AdminController('spend')
@UseInterceptors(SpendAnswerInterceptor)
export class ActivityController {
  constructor(private readonly ledger: SpendLedger) {}

  @Get('user/daily/activity')
  @AdminRoute({
    summary: 'Activity of internal users, day by day; a key sees that of its own user',
    query: { ...query, user_id: 'Of this user alone' },
    answer,
    errors: [...errors],
  })
  user(
    @Req() request: FastifyRequest,
    @Query({ schema: ActivitySchema }) wanted: ActivityQuery,
  ): Promise<SpendAnswer> {
    const seesAll = readingScope(request.principal) === 'all';
    const id = wanted.user_id ?? (seesAll ? undefined : (callerOf(request.principal)?.userId ?? ''));
    if (id !== undefined) requireUserReader(request, id);
    return this.activity(wanted, { part: 'all', dimension: 'user_id', ids: id === undefined ? id : [id] });
  }

  @Get('team/daily/activity')
  @AdminRoute({
    summary:
      'Activity of teams, day by day; a key sees that of its own team and of those its user is an admin of',
    query: { ...query, team_ids: 'Of these teams alone, separated by commas' },
    answer,
    errors: [...errors],
  })
  team(
    @Req() request: FastifyRequest,
    @Query({ schema: ActivitySchema }) wanted: ActivityQuery,
  ): Promise<SpendAnswer> {
    const seesAll = readingScope(request.principal) === 'all';
    const own = callerOf(request.principal)?.team?.teamId ?? '';
    const ids = wanted.team_ids ?? (seesAll ? undefined : [own]);
    for (const id of ids ?? []) requireTeamReader(request, id);
    return this.activity(wanted, { part: 'all', dimension: 'team_id', ids });
  }

  @Get(['end_user/daily/activity', 'customer/daily/activity'])
  @AdminRoute({
    summary: 'Activity of end users, day by day',
    query: { ...query, end_user_ids: 'Of these end users alone, separated by commas' },
    answer,
    errors: [...errors],
  })
  endUser(@Query({ schema: ActivitySchema }) wanted: ActivityQuery): Promise<SpendAnswer> {
    return this.activity(wanted, { part: 'end_user', dimension: 'subject', ids: wanted.end_user_ids });
  }

  @Get('tag/daily/activity')
  @AdminRoute({
    summary: 'Activity of tags, day by day; an attempt counts for each of its tags',
    query: { ...query, tags: 'Of these tags alone, separated by commas' },
    answer,
    errors: [...errors],
  })
  tag(@Query({ schema: ActivitySchema }) wanted: ActivityQuery): Promise<SpendAnswer> {
    return this.activity(wanted, { part: 'tag', dimension: 'subject', ids: wanted.tags });
  }

  private async activity(wanted: ActivityQuery, { part, dimension, ids }: Entity): Promise<SpendAnswer> {
    const { api_key: key, model } = wanted;
    const where = {
      ...(ids !== undefined && { [dimension]: [...ids] }),
      ...(key !== undefined && { key_hash: [key] }),
      ...(model !== undefined && { model_group: [model] }),
    };
    const period = { part, ...daysOf(wanted, Date.now()), where };
    const rowsBy = async (column: ReportDimension): Promise<BrokenDownRow[]> => {
      const rows = await this.ledger.report(['day', column], period);
      return rows.map((row) => ({ ...row, id: row[column] }));
    };
    const { models, model_groups: groups, providers, api_keys: keys } = breakdowns;
    const [days, ofModels, ofGroups, ofProviders, ofKeys, ofEntities] = await Promise.all([
      this.ledger.report(['day'], period),
      rowsBy(models),
      rowsBy(groups),
      rowsBy(providers),
      rowsBy(keys),
      rowsBy(dimension),
    ]);
    const names = await this.ledger.names([
      ...ofKeys.map(({ id }) => ({ key_hash: id })),
      ...(dimension === 'team_id' ? ofEntities.map(({ id }) => ({ team_id: id })) : []),
    ]);
    const keysNamed = ofKeys.map((row) => ({
      ...row,
      metadata: { key_alias: keyAlias(names, row.id), team_id: names.keys[row.id]?.team_id ?? null },
    }));
    const entitiesNamed = ofEntities.map((row) =>
      dimension === 'team_id' ? { ...row, metadata: { team_alias: teamName(names, row.id) } } : row,
    );
    return {
      json: dailyActivity(days, {
        models: ofModels,
        model_groups: ofGroups,
        providers: ofProviders,
        api_keys: keysNamed,
        entities: entitiesNamed,
      }),
      table: () => ofEntities.map(({ day, id, sums: ofDay }) => ({ day, id, ...sumColumns(ofDay) })),
    };
  }
}
