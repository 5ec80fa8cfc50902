import { Inject, Injectable } from '@nestjs/common';
import type { UserFields, userList, UserName } from '@signalbox/contracts';
import {
  DATABASE,
  databaseFailure,
  violatedConstraint,
  type Database,
  type Prisma,
  type TeamMember,
} from '@signalbox/database';
import type { z } from 'zod';
import { holderColumns, refuseBudgets, withBudget } from '../limits/holder-columns.js';
import { modelLimitColumns } from '../limits/model-limit-columns.js';
import type { UserWithTeams } from './user-row.js';

type UserQuery = z.output<typeof userList.request>;
type CountedUser = UserWithTeams & { readonly keyCount: number };

/** Why a user could not be made or changed. */
export type UserCollision = 'id' | 'email' | 'team';

/** The outcome of deleting users: all of them, or none because some do not exist. */
export interface UserDeletion {
  readonly missing: readonly string[];
  readonly keyHashes: readonly string[];
}

/** What to read of a user besides its columns. */
export const withTeams = {
  memberships: { orderBy: { ordinal: 'asc' } },
  ...withBudget,
} as const satisfies Prisma.UserInclude;
const sortColumns = {
  user_id: 'id',
  user_email: 'email',
  user_alias: 'alias',
  user_role: 'role',
  created_at: 'createdAt',
} as const satisfies Record<UserQuery['sort_by'], keyof Prisma.UserOrderByWithRelationInput>;

/** The table of internal users. */
@Injectable()
export class UserRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async create(
    id: string,
    fields: UserFields,
    teamIds: readonly string[],
  ): Promise<UserWithTeams | UserCollision> {
    const memberships = { create: teamIds.map((teamId) => ({ teamId, role: 'user' })) };
    try {
      return await this.database.user.create({
        data: { id, ...columns(fields), memberships },
        include: withTeams,
      });
    } catch (error) {
      refuseBudgets(error, fields);
      return collisionOf(error);
    }
  }

  /** Undefined when there is no such user. */
  async update(id: string, fields: UserFields): Promise<UserWithTeams | UserCollision | undefined> {
    try {
      return await this.database.user.update({ where: { id }, data: columns(fields), include: withTeams });
    } catch (error) {
      refuseBudgets(error, fields);
      if (databaseFailure(error) === 'missing') return undefined;
      return collisionOf(error);
    }
  }

  /** Deletes the users, their keys and their places in teams, all or none. */
  deleteAll(ids: readonly string[]): Promise<UserDeletion> {
    return this.database.$transaction(async (transaction) => {
      const found = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM users WHERE id = ANY(${ids}) ORDER BY id FOR UPDATE`;
      const present = new Set(found.map(({ id }) => id));
      const missing = ids.filter((id) => !present.has(id));
      if (missing.length > 0) return { missing, keyHashes: [] };
      const keys = await transaction.$queryRaw<{ hash: string }[]>`
        SELECT hash FROM api_keys WHERE user_id = ANY(${ids}) ORDER BY hash FOR UPDATE`;
      const keyHashes = keys.map(({ hash }) => hash);
      await transaction.apiKey.deleteMany({ where: { userId: { in: [...ids] } } });
      await transaction.user.deleteMany({ where: { id: { in: [...ids] } } });
      return { missing, keyHashes };
    });
  }

  /** By id where one is given, else by address. */
  find({ user_id: id, user_email: email }: UserName): Promise<UserWithTeams | null> {
    const where = id != null ? { id } : { email: email ?? '' };
    return this.database.user.findUnique({ where, include: withTeams });
  }

  /** The user of a key with its place in the key's team and in those it is an admin of. */
  findOfCaller(
    id: string,
    teamId: string | null,
  ): Promise<(UserWithTeams & { memberships: TeamMember[] }) | null> {
    const where = { OR: [{ role: 'admin' }, ...(teamId === null ? [] : [{ teamId }])] };
    return this.database.user.findUnique({
      where: { id },
      include: { memberships: { where }, ...withBudget },
    });
  }

  /** One page, and the count of all that match. */
  async list(query: UserQuery): Promise<{ records: CountedUser[]; total: number }> {
    const where = condition(query);
    const [users, total] = await this.database.$transaction([
      this.database.user.findMany({
        where,
        include: withTeams,
        orderBy: [{ [sortColumns[query.sort_by]]: query.sort_order }, { id: query.sort_order }],
        skip: (query.page - 1) * query.size,
        take: query.size,
      }),
      this.database.user.count({ where }),
    ]);
    const counts = await this.database.apiKey.groupBy({
      by: 'userId',
      where: { userId: { in: users.map(({ id }) => id) } },
      _count: true,
    });
    const countOf = new Map(counts.map(({ userId, _count: count }) => [userId, count]));
    return { records: users.map((user) => ({ ...user, keyCount: countOf.get(user.id) ?? 0 })), total };
  }
}

function condition({ user_ids: ids, role, email, team_id: teamId }: UserQuery): Prisma.UserWhereInput {
  return {
    ...(ids !== undefined && { id: { in: ids } }),
    ...(role !== undefined && { role }),
    ...(email !== undefined && { email: { contains: email } }),
    ...(teamId !== undefined && { memberships: { some: { teamId } } }),
  };
}

function collisionOf(error: unknown): UserCollision {
  const failure = databaseFailure(error);
  if (failure === 'missing') return 'team';
  if (failure !== 'duplicate') throw error;
  return violatedConstraint(error) === 'users_email_key' ? 'email' : 'id';
}

/** Absent fields stay out; null clears. */
function columns(fields: UserFields) {
  return {
    ...(fields.user_email !== undefined && { email: fields.user_email }),
    ...(fields.user_alias !== undefined && { alias: fields.user_alias }),
    ...(fields.user_role !== undefined && { role: fields.user_role }),
    ...(fields.models !== undefined && { models: fields.models ?? [] }),
    ...(fields.metadata !== undefined && { metadata: (fields.metadata ?? {}) as Prisma.InputJsonObject }),
    ...holderColumns(fields),
    ...modelLimitColumns(fields),
  };
}
