import { Inject, Injectable } from '@nestjs/common';
import type { teamList, TeamNewSchema } from '@signalbox/contracts';
import { DATABASE, databaseFailure, type Database, type Prisma } from '@signalbox/database';
import type { z } from 'zod';
import { holderColumns, refuseBudgets, withBudget } from '../limits/holder-columns.js';
import { modelLimitColumns } from '../limits/model-limit-columns.js';
import { regionColumn } from '../residency/region-columns.js';
import { knownMembers } from './join-team.js';
import { eachMemberColumns } from './member-limits.js';
import type { TeamWithMembers } from './team-row.js';

export type TeamFields = Omit<z.output<typeof TeamNewSchema>, 'team_id'>;
type TeamQuery = z.output<typeof teamList.request>;

/** A team after a change, and the users whose place in teams may have changed with it. */
export interface ChangedTeam {
  readonly team: TeamWithMembers;
  readonly userIds: readonly string[];
}

/** The outcome of deleting teams: all of them, or none because some do not exist. */
export interface TeamDeletion {
  readonly missing: readonly string[];
  readonly keyHashes: readonly string[];
  readonly userIds: readonly string[];
}

export const withMembers = {
  members: { orderBy: { ordinal: 'asc' }, include: { user: { select: { email: true } } } },
  ...withBudget,
} as const satisfies Prisma.TeamInclude;

const sortColumns = {
  team_id: 'id',
  team_alias: 'alias',
  created_at: 'createdAt',
} as const satisfies Record<TeamQuery['sort_by'], keyof Prisma.TeamOrderByWithRelationInput>;

/** The table of teams. */
@Injectable()
export class TeamRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined when the id is taken. */
  async create(id: string, fields: TeamFields): Promise<ChangedTeam | undefined> {
    try {
      return await this.database.$transaction(async (transaction) => {
        await transaction.team.create({ data: { id, ...columns(fields) } });
        return setMembers(transaction, id, fields.members_with_roles);
      });
    } catch (error) {
      refuseBudgets(error, fields);
      if (databaseFailure(error) === 'duplicate') return undefined;
      throw error;
    }
  }

  /** The changed team and its keys; undefined when there is no such team. */
  async update(id: string, fields: TeamFields): Promise<(ChangedTeam & { keyHashes: string[] }) | undefined> {
    try {
      return await this.database.$transaction(async (transaction) => {
        const { keys } = await transaction.team.update({
          where: { id },
          data: columns(fields),
          select: { keys: { select: { hash: true } } },
        });
        const changed = await setMembers(transaction, id, fields.members_with_roles);
        return { ...changed, keyHashes: keys.map(({ hash }) => hash) };
      });
    } catch (error) {
      refuseBudgets(error, fields);
      if (databaseFailure(error) === 'missing') return undefined;
      throw error;
    }
  }

  /** Replaces the list of models by what `change` makes of it; undefined when there is no such team. */
  changeModels(
    id: string,
    change: (models: readonly string[]) => string[],
  ): Promise<TeamWithMembers | undefined> {
    return this.database.$transaction(async (transaction) => {
      const [found] = await transaction.$queryRaw<{ models: string[] }[]>`
        SELECT models FROM teams WHERE id = ${id} FOR NO KEY UPDATE`;
      if (found === undefined) return undefined;
      const data = { models: change(found.models) };
      return transaction.team.update({ where: { id }, data, include: withMembers });
    });
  }

  /** Deletes the teams and their keys, all or none. */
  deleteAll(ids: readonly string[]): Promise<TeamDeletion> {
    return this.database.$transaction(async (transaction) => {
      // The strong lock keeps anybody from adding a key meanwhile that would vanish unannounced.
      const found = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM teams WHERE id = ANY(${ids}) ORDER BY id FOR UPDATE`;
      const present = new Set(found.map(({ id }) => id));
      const missing = ids.filter((id) => !present.has(id));
      if (missing.length > 0) return { missing, keyHashes: [], userIds: [] };
      const where = { teamId: { in: [...ids] } };
      const keys = await transaction.apiKey.findMany({ where, select: { hash: true } });
      const members = await transaction.teamMember.findMany({
        where,
        select: { userId: true },
        distinct: 'userId',
      });
      // Keys and memberships go with them, by the foreign keys' ON DELETE CASCADE.
      await transaction.team.deleteMany({ where: { id: { in: [...ids] } } });
      return {
        missing,
        keyHashes: keys.map(({ hash }) => hash),
        userIds: members.map(({ userId }) => userId),
      };
    });
  }

  /** The team and its keys, oldest first; null when there is no such team. */
  async findWithKeys(id: string): Promise<{ team: TeamWithMembers; keyHashes: string[] } | null> {
    const found = await this.database.team.findUnique({
      where: { id },
      include: {
        ...withMembers,
        keys: { select: { hash: true }, orderBy: [{ createdAt: 'asc' }, { hash: 'asc' }] },
      },
    });
    if (found === null) return null;
    const { keys, ...team } = found;
    return { team, keyHashes: keys.map(({ hash }) => hash) };
  }

  /** One page, and the count of all that match. */
  async list(query: TeamQuery): Promise<{ records: TeamWithMembers[]; total: number }> {
    const where = condition(query);
    const [records, total] = await this.database.$transaction([
      this.database.team.findMany({
        where,
        include: withMembers,
        orderBy: [{ [sortColumns[query.sort_by]]: query.sort_order }, { id: query.sort_order }],
        skip: (query.page - 1) * query.size,
        take: query.size,
      }),
      this.database.team.count({ where }),
    ]);
    return { records, total };
  }
}

/** Makes these the members, where any are given: who stays keeps its limits. */
async function setMembers(
  transaction: Prisma.TransactionClient,
  teamId: string,
  members: TeamFields['members_with_roles'],
): Promise<ChangedTeam> {
  const before = await transaction.teamMember.findMany({ where: { teamId }, select: { userId: true } });
  if (members !== undefined) {
    const wanted = await knownMembers(transaction, members ?? []);
    const userIds = wanted.map(({ userId }) => userId);
    await transaction.teamMember.deleteMany({ where: { teamId, userId: { notIn: userIds } } });
    for (const { userId, role } of wanted) {
      const where = { teamId_userId: { teamId, userId } };
      await transaction.teamMember.upsert({ where, create: { teamId, userId, role }, update: { role } });
    }
  }
  const team = await transaction.team.findUniqueOrThrow({ where: { id: teamId }, include: withMembers });
  const touched = members === undefined ? [] : [...before, ...team.members].map(({ userId }) => userId);
  return { team, userIds: [...new Set(touched)] };
}

function condition({ team_id: id, team_alias: alias, user_id: userId }: TeamQuery): Prisma.TeamWhereInput {
  return {
    ...(id !== undefined && { id }),
    ...(alias !== undefined && { alias: { contains: alias, mode: 'insensitive' } }),
    ...(userId !== undefined && { members: { some: { userId } } }),
  };
}

/** Absent fields stay out; null clears. */
function columns(fields: TeamFields) {
  return {
    ...(fields.team_alias !== undefined && { alias: fields.team_alias }),
    ...(fields.models !== undefined && { models: fields.models ?? [] }),
    ...(fields.model_aliases !== undefined && { modelAliases: fields.model_aliases ?? {} }),
    ...(fields.metadata !== undefined && { metadata: (fields.metadata ?? {}) as Prisma.InputJsonObject }),
    ...(fields.tags !== undefined && { tags: fields.tags ?? [] }),
    ...(fields.enforced_params !== undefined && { enforcedParams: fields.enforced_params ?? [] }),
    ...(fields.blocked !== undefined && { blocked: fields.blocked ?? false }),
    ...regionColumn(fields),
    ...holderColumns(fields),
    ...modelLimitColumns(fields),
    ...eachMemberColumns(fields),
  };
}
