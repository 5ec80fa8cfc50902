import { Body, Controller, Post, Req } from '@nestjs/common';
import {
  FaultError,
  MemberLimitFieldsSchema,
  teamAddMembers,
  teamRead,
  type NewMember,
} from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { RecordSpend } from './record-spend.js';
import { memberSpender, teamSpender, userSpender } from './spenders.js';
import { membershipRecord, teamRecord } from './team-answer.js';
import { exampleMembership, exampleTeam } from './team-bodies.js';
import { managesAllTeams, requireTeamAdmin } from './team-scope.js';
import { userRecord } from './user-answer.js';

const add = teamAddMembers.request.shape;
const BulkAddSchema = z.object({
  team_id: add.team_id,
  members: add.members.max(500),
  ...MemberLimitFieldsSchema.shape,
});
type BulkAdd = z.output<typeof BulkAddSchema>;

/** One of many. */
interface Outcome {
  readonly user_id: string | null;
  readonly user_email: string | null;
  readonly success: boolean;
  readonly error: string | null;
  readonly updated_user: ReturnType<typeof userRecord> | null;
  readonly updated_team_membership: ReturnType<typeof membershipRecord> | null;
}

/** Takes many people into a team, each for itself: LiteLLM's `/team/bulk_member_add`. */
@Controller('team')
@AdminController('teams')
export class TeamBulkController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly spend: RecordSpend,
  ) {}

  @Post('bulk_member_add')
  @AdminRoute({
    summary:
      'Take many people into a team, each for itself: the answer says who came, and why others did not',
    body: {
      schema: BulkAddSchema,
      example: { team_id: exampleTeam.team_id, members: [{ role: 'user', user_email: 'bob@example.com' }] },
    },
    answer: {
      team_id: exampleTeam.team_id,
      results: [joined(exampleMembership, null, membershipRecord(exampleMembership))],
      total_requested: 1,
      successful_additions: 1,
      failed_additions: 0,
      updated_team: teamRecord(exampleTeam),
    },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async add(@Req() request: FastifyRequest, @Body({ schema: BulkAddSchema }) body: BulkAdd) {
    const { team_id: teamId, members, ...limits } = body;
    requireTeamAdmin(request, teamId);
    // What else those people are is no business of one team's admin.
    const showsUsers = managesAllTeams(request);
    // A team that does not exist is the call's own failure.
    await this.calls.identity(teamRead, { team_id: teamId });
    const results: Outcome[] = [];
    for (const member of members) {
      results.push(await this.addOne({ team_id: teamId, members: [member], ...limits }, member, showsUsers));
    }
    const added = results.filter(({ success }) => success).length;
    const { team } = await this.calls.identity(teamRead, { team_id: teamId });
    return {
      team_id: teamId,
      results,
      total_requested: members.length,
      successful_additions: added,
      failed_additions: members.length - added,
      updated_team: teamRecord(await this.spend.ofOne(teamSpender, team)),
    };
  }

  private async addOne(request: BulkAdd, member: NewMember, showsUsers: boolean): Promise<Outcome> {
    try {
      const { team, users, memberships } = await this.calls.identity(teamAddMembers, request);
      const [user] = showsUsers ? await this.spend.of(userSpender, users) : [];
      const [place] = await this.spend.of(memberSpender(team), memberships);
      if (place === undefined) throw new Error('who came has a place');
      return joined(place, user === undefined ? null : userRecord(user), membershipRecord(place));
    } catch (error) {
      // What happens to all of them is the call's own failure.
      if (!(error instanceof FaultError) || error.fault.code === 'identity_unavailable') throw error;
      const { user_id: id = null, user_email: email = null } = member;
      const nothing = { updated_user: null, updated_team_membership: null };
      return { user_id: id, user_email: email, success: false, error: error.fault.message, ...nothing };
    }
  }
}

function joined(
  { user_id, user_email }: { readonly user_id: string; readonly user_email: string | null },
  user: Outcome['updated_user'],
  membership: ReturnType<typeof membershipRecord>,
): Outcome {
  const updated = { updated_user: user, updated_team_membership: membership };
  return { user_id, user_email, success: true, error: null, ...updated };
}
