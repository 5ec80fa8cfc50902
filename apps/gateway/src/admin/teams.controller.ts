import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import {
  teamCreate,
  teamDelete,
  teamList,
  TeamNewSchema,
  teamRead,
  teamUpdate,
  TeamUpdateSchema,
  type TeamRow,
} from '@signalbox/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { pageQuery, TOTAL_HEADER, type Page } from './page-query.js';

const deleteBody = teamDelete.request;
const blockBody = z.object({ team_id: z.string().min(1) });
const infoQuery = blockBody;
const teamId = '13e83b19-f851-43fe-8e93-f96e21033100';
const row: TeamRow = {
  team_id: teamId,
  team_alias: 'my-new-team_4',
  models: [],
  model_aliases: { 'gpt-3.5-turbo': 'gpt-3.5-turbo-eu' },
  admins: [],
  members: [],
  members_with_roles: [{ role: 'admin', user_id: 'u1' }],
  metadata: {},
  tags: [],
  blocked: false,
  spend: 0,
  litellm_model_table: { model_aliases: '{"gpt-3.5-turbo":"gpt-3.5-turbo-eu"}' },
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
  rpm_limit: 600,
  tpm_limit: null,
  max_parallel_requests: null,
  team_member_rpm_limit: null,
  team_member_tpm_limit: null,
};

/** LiteLLM's `/team/*`. */
@Controller('team')
@AdminController('teams')
export class TeamsController {
  constructor(private readonly calls: AdminCalls) {}

  @Post('new')
  @AdminRoute({
    summary: 'Make a team; its model aliases redirect the calls of its keys',
    body: {
      schema: TeamNewSchema,
      example: {
        team_alias: 'my-new-team_4',
        model_aliases: { 'gpt-3.5-turbo': 'gpt-3.5-turbo-eu' },
        members_with_roles: [{ role: 'admin', user_id: 'u1' }],
        rpm_limit: 600,
      },
    },
    answer: row,
    errors: ['already_exists', 'identity_unavailable'],
  })
  create(@Body({ schema: TeamNewSchema }) body: z.output<typeof TeamNewSchema>) {
    return this.calls.identity(teamCreate, body);
  }

  @Post('update')
  @AdminRoute({
    summary: 'Change a team; absent fields stay, null clears',
    body: { schema: TeamUpdateSchema, example: { team_id: teamId, models: ['gpt-4o'] } },
    answer: { team_id: teamId, data: { ...row, models: ['gpt-4o'] } },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async update(@Body({ schema: TeamUpdateSchema }) body: z.output<typeof TeamUpdateSchema>) {
    return { team_id: body.team_id, data: await this.calls.identity(teamUpdate, body) };
  }

  @Post('delete')
  @AdminRoute({
    summary: 'Delete teams and their keys, all or none',
    body: { schema: deleteBody, example: { team_ids: [teamId] } },
    answer: { deleted_teams: [teamId], deleted_keys: 2 },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  delete(@Body({ schema: deleteBody }) body: z.output<typeof deleteBody>) {
    return this.calls.identity(teamDelete, body);
  }

  @Post('block')
  @AdminRoute({
    summary: 'Refuse every call of the keys of a team',
    body: { schema: blockBody, example: { team_id: teamId } },
    answer: { ...row, blocked: true },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  block(@Body({ schema: blockBody }) { team_id: id }: z.output<typeof blockBody>) {
    return this.calls.identity(teamUpdate, { team_id: id, blocked: true });
  }

  @Post('unblock')
  @AdminRoute({
    summary: 'Let the keys of a team call again',
    body: { schema: blockBody, example: { team_id: teamId } },
    answer: row,
    errors: ['record_not_found', 'identity_unavailable'],
  })
  unblock(@Body({ schema: blockBody }) { team_id: id }: z.output<typeof blockBody>) {
    return this.calls.identity(teamUpdate, { team_id: id, blocked: false });
  }

  @Get('info')
  @AdminRoute({
    summary: 'One team and the hashes of its keys',
    query: { team_id: 'Id of the team' },
    answer: { team_id: teamId, team_info: row, keys: [{ token: 'a'.repeat(64) }], team_memberships: [] },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async info(@Query({ schema: infoQuery }) { team_id: id }: z.output<typeof infoQuery>) {
    const { team, key_hashes: hashes } = await this.calls.identity(teamRead, { team_id: id });
    return { team_id: id, team_info: team, keys: hashes.map((token) => ({ token })), team_memberships: [] };
  }

  @Get('list')
  @AdminRoute({
    summary: `Teams, oldest first; the header ${TOTAL_HEADER} says how many there are on all pages`,
    query: { page: 'From 1', size: 'Teams per page, at most and unless told 1000' },
    answer: [row],
    errors: ['identity_unavailable'],
  })
  async list(
    @Query({ schema: pageQuery }) page: Page,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TeamRow[]> {
    const { rows, total } = await this.calls.identity(teamList, page);
    void reply.header(TOTAL_HEADER, total);
    return rows;
  }
}
