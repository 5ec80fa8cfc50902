import { Body, Controller, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import {
  keyList,
  teamAddModels,
  teamCreate,
  teamDelete,
  teamDeleteModels,
  TeamFieldsSchema,
  teamList,
  TeamNewSchema,
  teamRead,
  type TeamRow,
  teamUpdate,
  TeamUpdateSchema,
} from '@signalbox/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { callerOf } from '../authentication/principal.js';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { exampleRow as exampleKey } from './key-bodies.js';
import { keyRecord } from './key-answer.js';
import { TOTAL_HEADER } from './page-query.js';
import { pagedAnswer } from './paged-answer.js';
import { RecordSpend } from './record-spend.js';
import { keySpender, memberSpender, teamSpender } from './spenders.js';
import { membershipRecord, teamRecord } from './team-answer.js';
import {
  exampleMembership,
  exampleTeam as row,
  PagedTeamListSchema,
  teamFilterWords,
  TeamListSchema,
  TeamNameSchema,
} from './team-bodies.js';
import { requireTeamReader } from './team-scope.js';

/** Keys shown with a team; `/key/list?team_id=` pages through all. */
const SHOWN_KEYS = 100;
const { team_id: teamId } = row;
const modelsBody = { schema: teamAddModels.request, example: { team_id: teamId, models: ['gpt-4o'] } };

/** LiteLLM's `/team/*`. */
@Controller()
@AdminController('teams')
export class TeamsController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly spend: RecordSpend,
  ) {}

  @Post('team/new')
  @AdminRoute({
    summary:
      'Make a team; its model aliases redirect the calls of its keys; the user of the key that asks is an admin',
    body: {
      schema: TeamNewSchema,
      example: {
        team_alias: 'my-new-team_4',
        model_aliases: { 'gpt-3.5-turbo': 'gpt-3.5-turbo-eu' },
        members_with_roles: [{ role: 'admin', user_id: 'u1' }],
        rpm_limit: 600,
      },
    },
    answer: teamRecord(row),
    errors: ['already_exists', 'identity_unavailable'],
  })
  async create(
    @Req() { principal }: FastifyRequest,
    @Body({ schema: TeamNewSchema }) body: z.output<typeof TeamNewSchema>,
  ) {
    const creator = callerOf(principal)?.userId ?? undefined;
    const members = body.members_with_roles ?? [];
    const founders = creator === undefined ? [] : [{ role: 'admin' as const, user_id: creator }];
    const fields = { ...body, members_with_roles: [...members, ...founders] };
    return this.shown(await this.calls.identity(teamCreate, fields));
  }

  @Post('team/update')
  @AdminRoute({
    summary: 'Change a team; absent fields stay, null clears',
    body: { schema: TeamUpdateSchema, example: { team_id: teamId, models: ['gpt-4o'] } },
    answer: { team_id: teamId, data: teamRecord({ ...row, models: ['gpt-4o'] }) },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async update(@Body({ schema: TeamUpdateSchema }) body: z.output<typeof TeamUpdateSchema>) {
    return { team_id: body.team_id, data: await this.shown(await this.calls.identity(teamUpdate, body)) };
  }

  @Patch('team/:id')
  @AdminRoute({
    summary: 'The same as /team/update, the team named in the path',
    body: { schema: TeamFieldsSchema, example: { rpm_limit: null } },
    answer: { team_id: teamId, data: teamRecord({ ...row, rpm_limit: null }) },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  patch(
    @Param('id') id: string,
    @Body({ schema: TeamFieldsSchema }) body: z.output<typeof TeamFieldsSchema>,
  ) {
    return this.update({ ...body, team_id: id });
  }

  @Post('team/delete')
  @AdminRoute({
    summary: 'Delete teams and their keys, all or none',
    body: { schema: teamDelete.request, example: { team_ids: [teamId] } },
    answer: { deleted_teams: [teamId], deleted_keys: 2 },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  delete(@Body({ schema: teamDelete.request }) body: z.output<typeof teamDelete.request>) {
    return this.calls.identity(teamDelete, body);
  }

  @Post('team/block')
  @AdminRoute({
    summary: 'Refuse every call of the keys of a team',
    body: { schema: TeamNameSchema, example: { team_id: teamId } },
    answer: teamRecord({ ...row, blocked: true }),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async block(@Body({ schema: TeamNameSchema }) { team_id: id }: z.output<typeof TeamNameSchema>) {
    return this.shown(await this.calls.identity(teamUpdate, { team_id: id, blocked: true }));
  }

  @Post('team/unblock')
  @AdminRoute({
    summary: 'Let the keys of a team call again',
    body: { schema: TeamNameSchema, example: { team_id: teamId } },
    answer: teamRecord(row),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async unblock(@Body({ schema: TeamNameSchema }) { team_id: id }: z.output<typeof TeamNameSchema>) {
    return this.shown(await this.calls.identity(teamUpdate, { team_id: id, blocked: false }));
  }

  @Post('team/model/add')
  @AdminRoute({
    summary:
      'Let a team use more models; a team without a list, which may use all, is bound to this one from then on',
    body: modelsBody,
    answer: teamRecord({ ...row, models: ['gpt-4o'] }),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async addModels(@Body({ schema: teamAddModels.request }) body: z.output<typeof teamAddModels.request>) {
    return this.shown(await this.calls.identity(teamAddModels, body));
  }

  @Post('team/model/delete')
  @AdminRoute({
    summary: 'Take models from a team; after the last one it may use none',
    body: modelsBody,
    answer: teamRecord({ ...row, models: ['no-default-models'] }),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async deleteModels(
    @Body({ schema: teamDeleteModels.request }) body: z.output<typeof teamDeleteModels.request>,
  ) {
    return this.shown(await this.calls.identity(teamDeleteModels, body));
  }

  @Get('team/info')
  @AdminRoute({
    summary: `One team, its members and its newest ${SHOWN_KEYS} keys; a key may look at its own team`,
    query: { team_id: 'Id of the team' },
    answer: {
      team_id: teamId,
      team_info: teamRecord(row),
      keys: [keyRecord({ ...exampleKey, team_id: teamId })],
      team_memberships: [membershipRecord(exampleMembership)],
    },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async info(
    @Req() request: FastifyRequest,
    @Query({ schema: TeamNameSchema }) { team_id: id }: z.output<typeof TeamNameSchema>,
  ) {
    requireTeamReader(request, id);
    const [{ team, memberships }, { rows: keys }] = await Promise.all([
      this.calls.identity(teamRead, { team_id: id }),
      this.calls.identity(keyList, { team_id: id, size: SHOWN_KEYS }),
    ]);
    const [info, ofTeam, members] = await Promise.all([
      this.shown(team),
      this.spend.of(keySpender, keys),
      this.spend.of(memberSpender(team), memberships),
    ]);
    return {
      team_id: id,
      team_info: info,
      keys: ofTeam.map(keyRecord),
      team_memberships: members.map(membershipRecord),
    };
  }

  @Get('team/list')
  @AdminRoute({
    summary: `Teams, oldest first; the header ${TOTAL_HEADER} says how many there are on all pages`,
    query: { page: 'From 1', size: 'Teams per page, at most and unless told 1000', ...teamFilterWords },
    answer: [teamRecord(row)],
    errors: ['identity_unavailable'],
  })
  async list(
    @Query({ schema: TeamListSchema }) query: z.output<typeof TeamListSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { rows, total } = await this.calls.identity(teamList, query);
    void reply.header(TOTAL_HEADER, total);
    return (await this.spend.of(teamSpender, rows)).map(teamRecord);
  }

  @Get('v2/team/list')
  @AdminRoute({
    summary: 'Teams with their place in the list',
    query: {
      page: 'From 1',
      page_size: 'Teams per page, at most 100, unless told 10',
      ...teamFilterWords,
      sort_by: 'team_id, team_alias or created_at',
      sort_order: 'asc or desc',
    },
    answer: { teams: [teamRecord(row)], total: 1, page: 1, page_size: 10, total_pages: 1 },
    errors: ['identity_unavailable'],
  })
  async pagedList(@Query({ schema: PagedTeamListSchema }) query: z.output<typeof PagedTeamListSchema>) {
    const { page_size: size, ...filters } = query;
    const { rows, total } = await this.calls.identity(teamList, { ...filters, size });
    const teams = await this.spend.of(teamSpender, rows);
    return { teams: teams.map(teamRecord), ...pagedAnswer(total, query) };
  }

  private async shown(team: TeamRow) {
    return teamRecord(await this.spend.ofOne(teamSpender, team));
  }
}
