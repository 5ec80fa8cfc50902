import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { keyAliases, keyCreate, keyList } from '@signalbox/contracts';
import { DATABASE, databaseFailure, violatedConstraint, type Database } from '@signalbox/database';
import type { z } from 'zod';
import { refuseBudgets, withBudget } from '../limits/holder-columns.js';
import type { TeamWithBudget } from '../teams/team-row.js';
import { keyColumns, type KeyFields } from './key-columns.js';
import type { KeyWithBudget } from './key-row.js';

type KeyInput = KeyFields & Pick<z.output<typeof keyCreate.request>, 'token' | 'key_name'>;

/** Why a key could not be made or changed. */
export type KeyCollision = 'token' | 'alias' | 'team';

/** A key that changed, and what it was called by before: gateways may know it by any of those hashes. */
export type ChangedKey = KeyWithBudget & { readonly formerHashes: readonly { readonly hash: string }[] };

/** What a key is called by from now on, and until when its value of before stays good. */
export interface KeyReplacement {
  readonly hash: string;
  readonly name: string;
  /** Undefined: the old value ends at once, and so do all before it. */
  readonly graceEnd: Date | undefined;
}

/** A key and its team, found by its hash or, until `validUntil`, by a former one. */
export interface PresentedKey {
  readonly record: KeyWithBudget & { team: TeamWithBudget | null };
  readonly validUntil: Date | undefined;
}

export interface KeyDeletion {
  /** Hashes and aliases that name no key; when there are any, nothing is deleted. */
  readonly missing: readonly string[];
  readonly hashes: readonly string[];
  readonly formerHashes: readonly string[];
}

const formerHashes = { select: { hash: true } } as const;
const sortColumns = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  expires: 'expiresAt',
  key_alias: 'alias',
  user_id: 'userId',
  team_id: 'teamId',
} as const;

/** The table of keys. */
@Injectable()
export class KeyRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async create(input: KeyInput): Promise<KeyWithBudget | KeyCollision> {
    try {
      const { token: hash, key_name: name } = input;
      return await this.database.apiKey.create({
        data: { hash, name, ...(await this.ledgerOf(hash)), ...keyColumns(input) },
        include: withBudget,
      });
    } catch (error) {
      return collisionOf(error, input);
    }
  }

  /** Undefined when there is no such key. */
  update(hash: string, fields: KeyFields): Promise<ChangedKey | KeyCollision | undefined> {
    return this.changing(hash, fields, () =>
      this.database.apiKey.update({
        where: { hash },
        data: keyColumns(fields),
        include: { formerHashes, ...withBudget },
      }),
    );
  }

  /** Undefined when there is no such key; its former hashes are those of before the change, and the last one. */
  regenerate(
    hash: string,
    { hash: newHash, name, graceEnd }: KeyReplacement,
    fields: KeyFields,
  ): Promise<ChangedKey | KeyCollision | undefined> {
    return this.changing(hash, fields, () =>
      this.database.$transaction(async (transaction) => {
        // The former hashes follow, by the foreign key's ON UPDATE CASCADE.
        const { ledgerId } = await transaction.apiKey.findUniqueOrThrow({ where: { hash } });
        // What was counted stays counted.
        const kept = { ledgerId: ledgerId ?? hash, pastHashes: { push: hash } };
        const data = { ...keyColumns(fields), hash: newHash, name, ...kept };
        const changed = await transaction.apiKey.update({
          where: { hash },
          data,
          include: { formerHashes, ...withBudget },
        });
        const ended = graceEnd === undefined ? [{ keyHash: newHash }] : [];
        await transaction.formerKeyHash.deleteMany({ where: { OR: [{ hash: newHash }, ...ended] } });
        if (graceEnd !== undefined) {
          await transaction.formerKeyHash.create({
            data: { hash, keyHash: newHash, validUntil: graceEnd },
          });
        }
        return { ...changed, formerHashes: [...changed.formerHashes, { hash }] };
      }),
    );
  }

  find(hash: string): Promise<KeyWithBudget | null> {
    return this.database.apiKey.findUnique({ where: { hash }, include: withBudget });
  }

  findByAlias(alias: string): Promise<KeyWithBudget | null> {
    return this.database.apiKey.findUnique({ where: { alias }, include: withBudget });
  }

  /** Undefined when the hash is neither a key's nor a former one's. */
  async findPresented(hash: string): Promise<PresentedKey | undefined> {
    const include = { team: { include: withBudget }, ...withBudget } as const;
    const record = await this.database.apiKey.findUnique({ where: { hash }, include });
    if (record !== null) return { record, validUntil: undefined };
    const former = await this.database.formerKeyHash.findUnique({
      where: { hash },
      include: { key: { include } },
    });
    return former === null ? undefined : { record: former.key, validUntil: former.validUntil };
  }

  /** One page, and the count of all that match. */
  async list(
    request: z.output<typeof keyList.request>,
  ): Promise<{ records: KeyWithBudget[]; total: number }> {
    const { page, size, token, key_alias: alias, user_id: userId, team_id: teamId } = request;
    const where = {
      ...(token !== undefined && { hash: token }),
      ...(alias !== undefined && { alias }),
      ...(userId !== undefined && { userId }),
      ...(teamId !== undefined && { teamId }),
    };
    const [records, total] = await this.database.$transaction([
      this.database.apiKey.findMany({
        where,
        include: withBudget,
        orderBy: [{ [sortColumns[request.sort_by]]: request.sort_order }, { hash: 'asc' }],
        skip: (page - 1) * size,
        take: size,
      }),
      this.database.apiKey.count({ where }),
    ]);
    return { records, total };
  }

  /** One page of aliases by alphabet, and the count of all that match. */
  async aliases({
    page,
    size,
    search,
    team_id: teamId,
  }: z.output<typeof keyAliases.request>): Promise<z.output<typeof keyAliases.value>> {
    const where = {
      alias: { not: null, contains: search ?? '', mode: 'insensitive' as const },
      ...(teamId !== undefined && { teamId }),
    };
    const [found, total] = await this.database.$transaction([
      this.database.apiKey.findMany({
        where,
        select: { alias: true },
        orderBy: { alias: 'asc' },
        skip: (page - 1) * size,
        take: size,
      }),
      this.database.apiKey.count({ where }),
    ]);
    return { aliases: found.flatMap(({ alias }) => alias ?? []), total };
  }

  /** Deletes all keys named by hash or alias, or none. */
  deleteAll(hashes: readonly string[], aliases: readonly string[]): Promise<KeyDeletion> {
    return this.database.$transaction(async (transaction) => {
      const found = await transaction.$queryRaw<{ hash: string; alias: string | null }[]>`
        SELECT hash, alias FROM api_keys WHERE hash = ANY(${hashes}) OR alias = ANY(${aliases})
        ORDER BY hash FOR UPDATE`;
      const known = new Set(found.flatMap(({ hash, alias }) => [hash, alias]));
      const missing = [...hashes, ...aliases].filter((name) => !known.has(name));
      if (missing.length > 0) return { missing, hashes: [], formerHashes: [] };
      const deleted = found.map(({ hash }) => hash);
      const former = await transaction.formerKeyHash.findMany({ where: { keyHash: { in: deleted } } });
      await transaction.apiKey.deleteMany({ where: { hash: { in: deleted } } });
      return { missing, hashes: deleted, formerHashes: former.map(({ hash }) => hash) };
    });
  }

  /** What a new key is counted by: its hash, unless a key that had this value once is counted by that still. */
  private async ledgerOf(hash: string): Promise<{ ledgerId?: string }> {
    const former = await this.database.apiKey.findUnique({
      where: { ledgerId: hash },
      select: { hash: true },
    });
    return former === null ? {} : { ledgerId: randomUUID() };
  }

  private async changing(
    hash: string,
    fields: KeyFields,
    change: () => Promise<ChangedKey>,
  ): Promise<ChangedKey | KeyCollision | undefined> {
    try {
      return await change();
    } catch (error) {
      const collision = collisionOf(error, fields);
      // Missing is the key, or the team it shall belong to.
      return collision === 'team' && (await this.find(hash)) === null ? undefined : collision;
    }
  }
}

function collisionOf(error: unknown, fields: KeyFields): KeyCollision {
  refuseBudgets(error, fields);
  const failure = databaseFailure(error);
  if (failure === 'missing') return 'team';
  if (failure !== 'duplicate') throw error;
  return violatedConstraint(error) === 'api_keys_alias_key' ? 'alias' : 'token';
}
