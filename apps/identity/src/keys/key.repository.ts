import { Inject, Injectable } from '@nestjs/common';
import type { keyCreate } from '@signalbox/contracts';
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

export type KeyInput = Omit<z.output<typeof keyCreate.request>, 'duration'> & { expiresAt: Date | null };

/** Why a key could not be made. */
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
      return await this.database.apiKey.create({ data: columns(input) });
    } catch (error) {
      const failure = databaseFailure(error);
      if (failure === 'missing') return 'team';
      if (failure !== 'duplicate') throw error;
      return violatedConstraint(error) === 'api_keys_alias_key' ? 'alias' : 'token';
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

function columns(input: KeyInput) {
  return {
    hash: input.token,
    name: input.key_name,
    alias: input.key_alias ?? null,
    userId: input.user_id ?? null,
    teamId: input.team_id ?? null,
    models: input.models ?? [],
    aliases: input.aliases ?? {},
    metadata: (input.metadata ?? {}) as Prisma.InputJsonObject,
    tags: input.tags ?? [],
    blocked: input.blocked ?? false,
    expiresAt: input.expiresAt,
  };
}
