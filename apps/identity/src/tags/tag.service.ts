import { Injectable } from '@nestjs/common';
import type { identityTagLimits, TagFields, tagList, TagRow } from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { heldLimits } from '../limits/holder-columns.js';
import { callerLimits } from '../limits/limit-columns.js';
import { tagRow } from './tag-row.js';
import { TagRepository } from './tag.repository.js';

type TagInput = TagFields & { name: string };

/** A page of limits is some ten kilobytes, far below what the broker takes in one message. */
const PAGE_SIZE = 500;

/** The rules about tags. */
@Injectable()
export class TagService {
  constructor(
    private readonly tags: TagRepository,
    private readonly changes: IdentityChanges,
  ) {}

  async create({ name, ...fields }: TagInput): Promise<TagRow> {
    const record = await this.tags.create(name, fields);
    if (record === undefined) throw refusal('already_exists', `Tag ${name} already exists`, 'name');
    this.changes.publish({ tagNames: [name] });
    return tagRow(record);
  }

  async update({ name, ...fields }: TagInput): Promise<TagRow> {
    const record = await this.tags.update(name, fields);
    if (record === undefined) throw unknownTag(name, 'name');
    this.changes.publish({ tagNames: [name] });
    return tagRow(record);
  }

  async delete(name: string): Promise<{ name: string }> {
    if (!(await this.tags.delete(name))) throw unknownTag(name, 'name');
    this.changes.publish({ tagNames: [name] });
    return { name };
  }

  /** In the order asked. */
  async read(names: readonly string[]): Promise<{ rows: TagRow[] }> {
    const records = new Map((await this.tags.findAll(names)).map((record) => [record.name, record]));
    const rows = [...new Set(names)].map((name) => {
      const record = records.get(name);
      if (record === undefined) throw unknownTag(name, 'names');
      return tagRow(record);
    });
    return { rows };
  }

  async list({ page, size }: z.output<typeof tagList.request>): Promise<z.output<typeof tagList.value>> {
    const { records, total } = await this.tags.list(page, size);
    return { rows: records.map(tagRow), total };
  }

  /** The limits of the tags after this name, as many as one message takes. */
  async limits(after: string): Promise<z.output<typeof identityTagLimits.value>> {
    const records = await this.tags.listAfter(after, PAGE_SIZE);
    const last = records.length < PAGE_SIZE ? undefined : records.at(-1);
    return {
      tags: records.flatMap((record) => {
        const { limits } = callerLimits(heldLimits(record));
        return limits === undefined ? [] : [{ name: record.name, limits }];
      }),
      ...(last !== undefined && { next: last.name }),
    };
  }
}

/** LiteLLM's words for it. */
function unknownTag(name: string, param: string) {
  return refusal('record_not_found', `Tag ${name} not found`, param);
}
