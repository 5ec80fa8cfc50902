import { Inject, Injectable } from '@nestjs/common';
import type { keyCreate, KeyFieldsSchema } from '@signalbox/contracts';
import {
  DATABASE,
  databaseFailure,
  violatedConstraint,
  type ApiKey,
  type Database,
  type Prisma,
  type Team,
} from '@signalbox/database';
import type { z } from 'zod';
import { limitColumns } from '../limits/limit-columns.js';

/** `expiresAt` is what became of the duration; null: the key lives for ever. */
export type KeyFields = Omit<z.output<typeof KeyFieldsSchema>, 'duration'> & { expiresAt?: Date | null };
type KeyInput = KeyFields & Pick<z.output<typeof keyCreate.request>, 'token' | 'key_name'>;

/** Why a key could not be made or changed. */
export type KeyCollision = 'token' | 'alias' | 'team';

export interface KeyDeletion {
  /** Hashes and aliases that name no key; when there are any, nothing is deleted. */
  readonly missing: readonly string[];
  readonly hashes: readonly string[];
}

/** The table of keys. */
@Injectable()
export class KeyRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async create(input: KeyInput): Promise<ApiKey | KeyCollision> {
    try {
      const { token: hash, key_name: name } = input;
      return await this.database.apiKey.create({ data: { hash, name, ...columns(input) } });
    } catch (error) {
      return collisionOf(error);
    }
  }

  /** Undefined when there is no such key. */
  async update(hash: string, fields: KeyFields): Promise<ApiKey | KeyCollision | undefined> {
    try {
      return await this.database.apiKey.update({ where: { hash }, data: columns(fields) });
    } catch (error) {
      const collision = collisionOf(error);
      // Missing is the key, or the team it shall belong to.
      return collision === 'team' && (await this.find(hash)) === null ? undefined : collision;
    }
  }

  find(hash: string): Promise<ApiKey | null> {
    return this.database.apiKey.findUnique({ where: { hash } });
  }

  findWithTeam(hash: string): Promise<(ApiKey & { team: Team | null }) | null> {
    return this.database.apiKey.findUnique({ where: { hash }, include: { team: true } });
  }

  /** Undefined when there is no such key. */
  async block(hash: string, blocked: boolean): Promise<ApiKey | undefined> {
    try {
      return await this.database.apiKey.update({ where: { hash }, data: { blocked } });
    } catch (error) {
      if (databaseFailure(error) === 'missing') return undefined;
      throw error;
    }
  }

  /** Deletes all keys named by hash or alias, or none. */
  deleteAll(hashes: readonly string[], aliases: readonly string[]): Promise<KeyDeletion> {
    return this.database.$transaction(async (transaction) => {
      const found = await transaction.$queryRaw<{ hash: string; alias: string | null }[]>`
        SELECT hash, alias FROM api_keys WHERE hash = ANY(${hashes}) OR alias = ANY(${aliases})
        ORDER BY hash FOR UPDATE`;
      const known = new Set(found.flatMap(({ hash, alias }) => [hash, alias]));
      const missing = [...hashes, ...aliases].filter((name) => !known.has(name));
      if (missing.length > 0) return { missing, hashes: [] };
      const deleted = found.map(({ hash }) => hash);
      await transaction.apiKey.deleteMany({ where: { hash: { in: deleted } } });
      return { missing, hashes: deleted };
    });
  }
}

function collisionOf(error: unknown): KeyCollision {
  const failure = databaseFailure(error);
  if (failure === 'missing') return 'team';
  if (failure !== 'duplicate') throw error;
  return violatedConstraint(error) === 'api_keys_alias_key' ? 'alias' : 'token';
}

/** Absent fields stay out; null clears. */
function columns(fields: KeyFields) {
  return {
    ...(fields.key_alias !== undefined && { alias: fields.key_alias }),
    ...(fields.user_id !== undefined && { userId: fields.user_id }),
    ...(fields.team_id !== undefined && { teamId: fields.team_id }),
    ...(fields.models !== undefined && { models: fields.models ?? [] }),
    ...(fields.aliases !== undefined && { aliases: fields.aliases ?? {} }),
    ...(fields.metadata !== undefined && { metadata: (fields.metadata ?? {}) as Prisma.InputJsonObject }),
    ...(fields.tags !== undefined && { tags: fields.tags ?? [] }),
    ...(fields.blocked !== undefined && { blocked: fields.blocked ?? false }),
    ...(fields.expiresAt !== undefined && { expiresAt: fields.expiresAt }),
    ...limitColumns(fields),
  };
}
