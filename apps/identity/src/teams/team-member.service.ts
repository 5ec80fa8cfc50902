import { Injectable } from '@nestjs/common';
import type {
  MembershipRow,
  teamAddMembers,
  teamDeleteMember,
  TeamRow,
  teamUpdateMember,
  UserName,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { userRow } from '../users/user-row.js';
import { TeamMemberRepository } from './team-member.repository.js';
import { membershipRow, teamRow } from './team-row.js';
import { unknownTeam } from './team.service.js';

/** The rules about who belongs to which team. */
@Injectable()
export class TeamMemberService {
  constructor(
    private readonly members: TeamMemberRepository,
    private readonly changes: IdentityChanges,
  ) {}

  async add({
    team_id: teamId,
    members,
    ...limits
  }: z.output<typeof teamAddMembers.request>): Promise<z.output<typeof teamAddMembers.value>> {
    const joined = await this.members.add(teamId, members, limits);
    if (joined === 'missing') throw unknownTeam(teamId, 'team_id');
    if (joined === 'duplicate') throw memberAlready(teamId);
    this.changes.publish({ userIds: joined.users.map(({ id }) => id) });
    return {
      team: teamRow(joined.team),
      users: joined.users.map(userRow),
      memberships: joined.memberships.map(membershipRow),
    };
  }

  async update(change: z.output<typeof teamUpdateMember.request>): Promise<MembershipRow> {
    const member = await this.members.update(change);
    if (member === undefined) throw noMember(change.team_id, change);
    this.changes.publish({ userIds: [member.userId] });
    return membershipRow(member);
  }

  async delete({ team_id: teamId, ...name }: z.output<typeof teamDeleteMember.request>): Promise<TeamRow> {
    const left = await this.members.delete(teamId, name);
    if (left === undefined) throw noMember(teamId, name);
    this.changes.publish({ userIds: [left.userId], keyHashes: left.keyHashes });
    return teamRow(left.team);
  }
}

function memberAlready(teamId: string) {
  return refusal(
    'already_exists',
    `One of them is a member of the team already, team_id=${teamId}`,
    'member',
  );
}

function noMember(teamId: string, { user_id: id, user_email: email }: UserName) {
  const [param, name] = id ? ['user_id', id] : ['user_email', email ?? ''];
  return refusal('record_not_found', `Member not found in team, team_id=${teamId}, ${param}=${name}`, param);
}
