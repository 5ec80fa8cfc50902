import { Body, Controller, Get, Post, Query, Req } from '@nestjs/common';
import { teamAddMembers, teamDeleteMember, teamRead, teamUpdateMember } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { RecordSpend } from './record-spend.js';
import { memberSpender, teamSpender, userSpender } from './spenders.js';
import { joinedAnswer, membershipRecord, teamRecord } from './team-answer.js';
import { AddMembersSchema, exampleMembership, exampleTeam, TeamNameSchema } from './team-bodies.js';
import { managesAllTeams, requireTeamAdmin, requireTeamReader } from './team-scope.js';

const updateBody = teamUpdateMember.request;
const deleteBody = teamDeleteMember.request;
const { team_id: teamId } = exampleTeam;

/** LiteLLM's `/team/member_*`, for those in charge and for the admins of the team. */
@Controller('team')
@AdminController('teams')
export class TeamMembersController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly spend: RecordSpend,
  ) {}

  @Post('member_add')
  @AdminRoute({
    summary: 'Take people into a team, all or none; who is no user yet becomes one',
    body: {
      schema: AddMembersSchema,
      example: { team_id: teamId, member: { role: 'user', user_email: 'bob@example.com' }, rpm_limit: 10 },
    },
    answer: joinedAnswer(exampleTeam, [], [exampleMembership]),
    errors: ['already_exists', 'record_not_found', 'identity_unavailable'],
  })
  async add(
    @Req() request: FastifyRequest,
    @Body({ schema: AddMembersSchema }) { member, ...body }: z.output<typeof AddMembersSchema>,
  ) {
    requireTeamAdmin(request, body.team_id);
    const { team, ...joined } = await this.calls.identity(teamAddMembers, {
      ...body,
      members: [member].flat(),
    });
    // What else those people are is no business of one team's admin.
    const users = managesAllTeams(request) ? joined.users : [];
    return joinedAnswer(
      await this.spend.ofOne(teamSpender, team),
      await this.spend.of(userSpender, users),
      await this.spend.of(memberSpender(team), joined.memberships),
    );
  }

  @Post('member_update')
  @AdminRoute({
    summary: "Change a member's role or limits; absent fields stay, null clears",
    body: { schema: updateBody, example: { team_id: teamId, user_id: 'u2', role: 'admin', rpm_limit: null } },
    answer: membershipRecord({ ...exampleMembership, role: 'admin', rpm_limit: null }),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async update(
    @Req() request: FastifyRequest,
    @Body({ schema: updateBody }) body: z.output<typeof updateBody>,
  ) {
    requireTeamAdmin(request, body.team_id);
    const changed = await this.calls.identity(teamUpdateMember, body);
    const { team } = await this.calls.identity(teamRead, { team_id: body.team_id });
    return membershipRecord(await this.spend.ofOne(memberSpender(team), changed));
  }

  @Get('permissions_list')
  @AdminRoute({
    summary: 'What members may do that are no admins: it is the same in every team',
    query: { team_id: 'Id of the team' },
    answer: permissions(teamId),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async permissions(
    @Req() request: FastifyRequest,
    @Query({ schema: TeamNameSchema }) { team_id: id }: z.output<typeof TeamNameSchema>,
  ) {
    requireTeamReader(request, id);
    const { team } = await this.calls.identity(teamRead, { team_id: id });
    return permissions(team.team_id);
  }

  @Post('member_delete')
  @AdminRoute({
    summary: 'Remove a member and the keys it has in this team',
    body: { schema: deleteBody, example: { team_id: teamId, user_id: 'u2' } },
    answer: teamRecord(exampleTeam),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async delete(
    @Req() request: FastifyRequest,
    @Body({ schema: deleteBody }) body: z.output<typeof deleteBody>,
  ) {
    requireTeamAdmin(request, body.team_id);
    const team = await this.calls.identity(teamDeleteMember, body);
    return teamRecord(await this.spend.ofOne(teamSpender, team));
  }
}

/** LiteLLM lets a team change what its members may do with its keys; here they read about their own. */
function permissions(id: string) {
  const routes = ['/key/info', '/key/health'];
  return { team_id: id, team_member_permissions: routes, all_available_permissions: routes };
}
