import { Injectable } from '@nestjs/common';
import {
  fault,
  FaultError,
  type Caller,
  type keyCreate,
  type KeyRow,
  type keyUpdate,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { unknownTeam } from '../teams/team.service.js';
import { judgeKey } from './judge-key.js';
import { keyExpiry } from './key-expiry.js';
import { callerOf, keyRow } from './key-row.js';
import { KeyRepository, type KeyCollision } from './key.repository.js';

type KeyRequest = z.output<typeof keyCreate.request>;
type KeyChange = z.output<typeof keyUpdate.request>;

/** The rules about keys. Only hashes are known here: a raw key never leaves the gateway. */
@Injectable()
export class KeyService {
  constructor(
    private readonly keys: KeyRepository,
    private readonly changes: IdentityChanges,
  ) {}

  /** Who calls with this key; refuses unknown, expired and blocked ones. */
  async authenticate(hash: string): Promise<Caller> {
    const record = await this.keys.findWithTeam(hash);
    if (record === null) throw new FaultError(fault('unknown_key'));
    const refused = judgeKey(record, Date.now());
    if (refused !== undefined) throw new FaultError(fault(refused));
    return callerOf(record);
  }

  async create({ duration, ...request }: KeyRequest): Promise<KeyRow> {
    const created = await this.keys.create({ ...request, ...lifeOf(duration) });
    if (typeof created === 'string') throw collision(created, request);
    // A gateway keeps no refusals, but a key of the same name may have lived before.
    this.changes.publish({ keyHashes: [created.hash] });
    return keyRow(created);
  }

  async update({ token, duration, ...fields }: KeyChange): Promise<KeyRow> {
    const updated = await this.keys.update(token, { ...fields, ...lifeOf(duration) });
    if (updated === undefined) throw unknownKey(token, 'key');
    if (typeof updated === 'string') throw collision(updated, fields);
    this.changes.publish({ keyHashes: [token] });
    return keyRow(updated);
  }

  async delete(tokens: readonly string[], aliases: readonly string[]): Promise<{ deleted: string[] }> {
    const { missing, hashes } = await this.keys.deleteAll([...new Set(tokens)], [...new Set(aliases)]);
    if (missing[0] !== undefined)
      throw unknownKey(missing[0], tokens.includes(missing[0]) ? 'keys' : 'key_aliases');
    this.changes.publish({ keyHashes: [...hashes] });
    return { deleted: [...hashes] };
  }

  async block(hash: string, blocked: boolean): Promise<KeyRow> {
    const record = await this.keys.block(hash, blocked);
    if (record === undefined) throw unknownKey(hash, 'key');
    this.changes.publish({ keyHashes: [hash] });
    return keyRow(record);
  }

  async read(hash: string): Promise<KeyRow> {
    const record = await this.keys.find(hash);
    if (record === null) throw unknownKey(hash, 'key');
    return keyRow(record);
  }
}

/** Absent stays, null is for ever, and a length of time begins now. */
function lifeOf(duration: KeyRequest['duration']): { expiresAt?: Date | null } {
  if (duration === undefined) return {};
  return { expiresAt: duration === null ? null : keyExpiry(duration, new Date()) };
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
