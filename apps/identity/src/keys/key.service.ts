import { Injectable } from '@nestjs/common';
import {
  fault,
  FaultError,
  type Caller,
  type keyAliases,
  type keyCreate,
  type keyList,
  type keyRead,
  type keyRegenerate,
  type KeyRow,
  type keyUpdate,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { unknownTeam } from '../teams/team.service.js';
import { UserRepository } from '../users/user.repository.js';
import { judgeKey } from './judge-key.js';
import { keyExpiry } from './key-expiry.js';
import { callerOf, keyRow } from './key-row.js';
import { earliestEnd, keyLife } from './key-life.js';
import { KeyRepository, type ChangedKey, type KeyCollision } from './key.repository.js';

type KeyRequest = z.output<typeof keyCreate.request>;
type KeyChange = z.output<typeof keyUpdate.request>;

/** The rules about keys. Only hashes are known here: a raw key never leaves the gateway. */
@Injectable()
export class KeyService {
  constructor(
    private readonly keys: KeyRepository,
    private readonly users: UserRepository,
    private readonly changes: IdentityChanges,
  ) {}

  /** Who calls with this key; refuses unknown, expired and blocked ones. */
  async authenticate(hash: string): Promise<Caller> {
    const presented = await this.keys.findPresented(hash);
    if (presented === undefined) throw new FaultError(fault('unknown_key'));
    const { record, validUntil } = presented;
    const end = earliestEnd(record.expiresAt, validUntil);
    const now = Date.now();
    const refused = judgeKey(record, end, now);
    if (refused !== undefined) throw new FaultError(fault(refused));
    const user = record.userId === null ? null : await this.users.findOfCaller(record.userId, record.teamId);
    return callerOf(record, user, end, now);
  }

  async create({ duration, expires, ...request }: KeyRequest): Promise<KeyRow> {
    const life = keyLife({ duration, expires }, new Date());
    const created = await this.keys.create({ ...request, ...life });
    if (typeof created === 'string') throw collision(created, request);
    // A gateway keeps no refusals, but a key of the same name may have lived before.
    this.changes.publish({ keyHashes: [created.hash] });
    return keyRow(created);
  }

  async update({ token, duration, expires, ...fields }: KeyChange): Promise<KeyRow> {
    const life = keyLife({ duration, expires }, new Date());
    return this.changed(token, fields, await this.keys.update(token, { ...fields, ...life }));
  }

  async regenerate(request: z.output<typeof keyRegenerate.request>): Promise<KeyRow> {
    const { token, new_token: hash, key_name: name, grace_period: grace, ...rest } = request;
    const { duration, expires, ...fields } = rest;
    if (hash === token) throw collision('token', fields);
    const now = new Date();
    const graceEnd = grace == null ? undefined : keyExpiry(grace, now, 'grace_period');
    const replacement = { hash, name, graceEnd };
    const life = keyLife({ duration, expires }, now);
    return this.changed(
      token,
      fields,
      await this.keys.regenerate(token, replacement, { ...fields, ...life }),
    );
  }

  async delete(tokens: readonly string[], aliases: readonly string[]): Promise<{ deleted: string[] }> {
    const { missing, hashes, formerHashes } = await this.keys.deleteAll(
      [...new Set(tokens)],
      [...new Set(aliases)],
    );
    if (missing[0] !== undefined)
      throw unknownKey(missing[0], tokens.includes(missing[0]) ? 'keys' : 'key_aliases');
    this.changes.publish({ keyHashes: [...hashes, ...formerHashes] });
    return { deleted: [...hashes] };
  }

  async block(hash: string, blocked: boolean): Promise<KeyRow> {
    return this.changed(hash, {}, await this.keys.update(hash, { blocked }));
  }

  /** Only notes it: what is spent is the usage service's. */
  async resetSpend(hash: string): Promise<KeyRow> {
    return this.changed(hash, {}, await this.keys.update(hash, { spendResetAt: new Date() }));
  }

  async read({ token, key_alias: alias }: z.output<typeof keyRead.request>): Promise<KeyRow> {
    if (token !== undefined) return keyRow((await this.keys.find(token)) ?? raise(unknownKey(token, 'key')));
    const name = alias ?? '';
    return keyRow((await this.keys.findByAlias(name)) ?? raise(unknownKey(name, 'key_alias')));
  }

  async list(request: z.output<typeof keyList.request>): Promise<{ rows: KeyRow[]; total: number }> {
    const { records, total } = await this.keys.list(request);
    return { rows: records.map(keyRow), total };
  }

  aliases(request: z.output<typeof keyAliases.request>): Promise<z.output<typeof keyAliases.value>> {
    return this.keys.aliases(request);
  }

  /** Announces what became of a key, or says why nothing did. */
  private changed(
    hash: string,
    fields: Parameters<typeof collision>[1],
    outcome: ChangedKey | KeyCollision | undefined,
  ): KeyRow {
    if (outcome === undefined) throw unknownKey(hash, 'key');
    if (typeof outcome === 'string') throw collision(outcome, fields);
    this.changes.publish({ keyHashes: [outcome.hash, ...outcome.formerHashes.map((former) => former.hash)] });
    return keyRow(outcome);
  }
}

function raise(error: Error): never {
  throw error;
}

function unknownKey(name: string, param: string): FaultError {
  return refusal('record_not_found', `Key not found in db, passed ${param}=${name}`, param);
}

function collision(kind: KeyCollision, request: Pick<KeyRequest, 'team_id' | 'key_alias'>): FaultError {
  if (kind === 'team') return unknownTeam(request.team_id ?? '', 'team_id');
  if (kind === 'token')
    return refusal('already_exists', 'Key already exists. Please pass another key.', 'key');
  const message = `Key with alias '${request.key_alias ?? ''}' already exists. Unique key aliases across all keys are required.`;
  return refusal('already_exists', message, 'key_alias');
}
