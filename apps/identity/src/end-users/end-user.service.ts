import { Injectable } from '@nestjs/common';
import type { EndUserFields, endUserList, EndUserPolicy, EndUserRow } from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { checkRegions } from './allowed-regions.js';
import { endUserPolicy, endUserRow } from './end-user-row.js';
import { EndUserRepository } from './end-user.repository.js';

type EndUserInput = EndUserFields & { user_id: string };

/** The rules about end users. */
@Injectable()
export class EndUserService {
  constructor(
    private readonly endUsers: EndUserRepository,
    private readonly changes: IdentityChanges,
  ) {}

  /** What a call in this end user's name must obey. An id never seen gets a record and no restriction. */
  async policy(id: string): Promise<EndUserPolicy> {
    return endUserPolicy(await this.endUsers.findOrCreate(id));
  }

  async create({ user_id: id, ...fields }: EndUserInput): Promise<EndUserRow> {
    checkRegions(fields.allowed_model_region);
    const record = await this.endUsers.create(id, fields);
    if (record === undefined) {
      const message = `Customer already exists, passed user_id=${id}. Please pass a new user_id.`;
      throw refusal('already_exists', message, 'user_id');
    }
    this.changes.publish({ endUserIds: [id] });
    return endUserRow(record);
  }

  async update({ user_id: id, ...fields }: EndUserInput): Promise<EndUserRow> {
    checkRegions(fields.allowed_model_region);
    const record = await this.endUsers.update(id, fields);
    if (record === undefined) throw unknownEndUser(id, 'user_id');
    this.changes.publish({ endUserIds: [id] });
    return endUserRow(record);
  }

  async delete(userIds: readonly string[]): Promise<{ deleted_customers: number; message: string }> {
    const ids = [...new Set(userIds)];
    const [missing] = await this.endUsers.deleteAll(ids);
    if (missing !== undefined) throw unknownEndUser(missing, 'user_ids');
    this.changes.publish({ endUserIds: ids });
    const list = ids.map((id) => `'${id}'`).join(', ');
    return { deleted_customers: ids.length, message: `Successfully deleted customers with ids: [${list}]` };
  }

  async block(userIds: readonly string[], blocked: boolean): Promise<{ blocked_users: EndUserRow[] }> {
    const ids = [...new Set(userIds)];
    const records = await this.endUsers.block(ids, blocked);
    this.changes.publish({ endUserIds: ids });
    return { blocked_users: records.map(endUserRow) };
  }

  async read(id: string): Promise<EndUserRow> {
    const record = await this.endUsers.find(id);
    if (record === null) throw unknownEndUser(id, 'end_user_id');
    return endUserRow(record);
  }

  async list(query: z.output<typeof endUserList.request>): Promise<z.output<typeof endUserList.value>> {
    const { records, total } = await this.endUsers.list(query);
    return { rows: records.map(endUserRow), total };
  }
}

function unknownEndUser(id: string, param: string) {
  return refusal('record_not_found', `End User Id=${id} does not exist in db`, param);
}
