import { Inject, Injectable } from '@nestjs/common';
import type { NewMember, teamUpdateMember, UserName } from '@signalbox/contracts';
import { DATABASE, databaseFailure, type Database } from '@signalbox/database';
import type { z } from 'zod';
import type { UserWithTeams } from '../users/user-row.js';
import { withTeams } from '../users/user.repository.js';
import { knownMembers } from './join-team.js';
import { memberColumns, type MemberLimitFields } from './member-limits.js';
import type { Membership, TeamWithMembers } from './team-row.js';
import { withMembers } from './team.repository.js';

type MemberChange = z.output<typeof teamUpdateMember.request>;

/** Members who were taken in, with their records and their places. */
export interface Joined {
  readonly team: TeamWithMembers;
  readonly users: readonly UserWithTeams[];
  readonly memberships: readonly Membership[];
}

/** The table of who belongs to which team. */
@Injectable()
export class TeamMemberRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Takes in all of them, or none because the team is missing or some are members already. */
  async add(
    teamId: string,
    members: readonly NewMember[],
    limits: MemberLimitFields,
  ): Promise<Joined | 'missing' | 'duplicate'> {
    try {
      return await this.database.$transaction(async (transaction) => {
        const joining = await knownMembers(transaction, members);
        const userIds = joining.map(({ userId }) => userId);
        const places = joining.map((member) => ({ teamId, ...member, ...memberColumns(limits) }));
        await transaction.teamMember.createMany({ data: places });
        const team = await transaction.team.findUniqueOrThrow({
          where: { id: teamId },
          include: withMembers,
        });
        const users = await transaction.user.findMany({
          where: { id: { in: userIds } },
          include: withTeams,
        });
        const joined = new Set(userIds);
        return { team, users, memberships: team.members.filter(({ userId }) => joined.has(userId)) };
      });
    } catch (error) {
      const failure = databaseFailure(error);
      if (failure === 'missing' || failure === 'duplicate') return failure;
      throw error;
    }
  }

  /** Undefined when there is no such member. */
  async update({ team_id: teamId, role, ...change }: MemberChange): Promise<Membership | undefined> {
    const userId = await this.idOf(change);
    if (userId === undefined) return undefined;
    try {
      return await this.database.teamMember.update({
        where: { teamId_userId: { teamId, userId } },
        data: { ...(role && { role }), ...memberColumns(change) },
        include: { user: { select: { email: true } } },
      });
    } catch (error) {
      if (databaseFailure(error) === 'missing') return undefined;
      throw error;
    }
  }

  /** Removes a member with the keys it has in this team; undefined when there is no such member. */
  async delete(
    teamId: string,
    name: UserName,
  ): Promise<{ team: TeamWithMembers; userId: string; keyHashes: string[] } | undefined> {
    const userId = await this.idOf(name);
    if (userId === undefined) return undefined;
    return this.database.$transaction(async (transaction) => {
      // The strong lock keeps anybody from adding a key meanwhile that would stay behind.
      await transaction.$queryRaw`SELECT id FROM teams WHERE id = ${teamId} FOR UPDATE`;
      const { count } = await transaction.teamMember.deleteMany({ where: { teamId, userId } });
      if (count === 0) return undefined;
      const where = { teamId, userId };
      const keys = await transaction.apiKey.findMany({ where, select: { hash: true } });
      await transaction.apiKey.deleteMany({ where });
      const team = await transaction.team.findUniqueOrThrow({ where: { id: teamId }, include: withMembers });
      return { team, userId, keyHashes: keys.map(({ hash }) => hash) };
    });
  }

  private async idOf({ user_id: id, user_email: email }: UserName): Promise<string | undefined> {
    if (id) return id;
    const user = await this.database.user.findUnique({ where: { email: email ?? '' }, select: { id: true } });
    return user?.id;
  }
}
