import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { userCreate, userDelete, userList, UserName, UserRow, userUpdate } from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { userRow } from './user-row.js';
import { UserRepository, type UserCollision } from './user.repository.js';

/** The rules about internal users. */
@Injectable()
export class UserService {
  constructor(
    private readonly users: UserRepository,
    private readonly changes: IdentityChanges,
  ) {}

  async create({ user_id: wanted, teams, ...fields }: z.output<typeof userCreate.request>): Promise<UserRow> {
    const id = wanted ?? randomUUID();
    const record = await this.users.create(id, fields, [...new Set(teams)]);
    if (typeof record === 'string') throw collision(record, { id, email: fields.user_email });
    // Keys may have named this user before it had a record.
    this.changes.publish({ userIds: [id] });
    return userRow(record);
  }

  async update({ user_id: id, ...fields }: z.output<typeof userUpdate.request>): Promise<UserRow> {
    const record = await this.users.update(id, fields);
    if (record === undefined) throw unknownUser(id, 'user_id');
    if (typeof record === 'string') throw collision(record, { id, email: fields.user_email });
    this.changes.publish({ userIds: [id] });
    return userRow(record);
  }

  async delete(userIds: readonly string[]): Promise<z.output<typeof userDelete.value>> {
    const ids = [...new Set(userIds)];
    const { missing, keyHashes } = await this.users.deleteAll(ids);
    if (missing[0] !== undefined) throw unknownUser(missing[0], 'user_ids');
    this.changes.publish({ userIds: ids, keyHashes: [...keyHashes] });
    return { deleted_users: ids, deleted_keys: keyHashes.length };
  }

  async read(name: UserName): Promise<UserRow> {
    const record = await this.users.find(name);
    if (record !== null) return userRow(record);
    throw unknownUser(name.user_id ?? name.user_email ?? '', name.user_id == null ? 'user_email' : 'user_id');
  }

  async list(query: z.output<typeof userList.request>): Promise<z.output<typeof userList.value>> {
    const { records, total } = await this.users.list(query);
    return { rows: records.map((record) => ({ ...userRow(record), key_count: record.keyCount })), total };
  }
}

function unknownUser(name: string, param: string) {
  return refusal('record_not_found', `User not found, passed ${param}=${name}`, param);
}

function collision(kind: UserCollision, { id, email }: { id: string; email: string | null | undefined }) {
  if (kind === 'team') return refusal('record_not_found', 'One of the teams does not exist.', 'teams');
  const [param, name] = kind === 'id' ? ['user_id', id] : ['user_email', email ?? ''];
  return refusal(
    'already_exists',
    `User already exists, passed ${param}=${name}. Please pass another.`,
    param,
  );
}
