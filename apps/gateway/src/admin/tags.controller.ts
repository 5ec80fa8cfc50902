import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import {
  tagCreate,
  tagDelete,
  tagList,
  TagNewSchema,
  tagRead,
  type TagRow,
  tagUpdate,
  TagUpdateSchema,
} from '@signalbox/contracts';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { holdingNothing } from './example-limits.js';
import { pageQuery, TOTAL_HEADER } from './page-query.js';
import { RecordSpend } from './record-spend.js';
import { tagSpender } from './spenders.js';
import { changedTag, tagRecord } from './tag-answer.js';

const row: TagRow = {
  name: 'engineering',
  description: 'All of R&D',
  spend: 0,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
  ...holdingNothing,
  max_budget: 500,
  budget_duration: '30d',
  budget_reset_at: '2026-12-01T00:00:00.000Z',
};
const { name, description } = row;

/** LiteLLM's `/tag/*`: what calls with a tag may use and spend, whoever makes them. */
@Controller('tag')
@AdminController('tags')
export class TagsController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly spend: RecordSpend,
  ) {}

  @Post('new')
  @AdminRoute({
    summary: 'Make a tag, perhaps with a budget; calls may have tags that nobody made',
    body: { schema: TagNewSchema, example: { name, description, max_budget: 500, budget_duration: '30d' } },
    answer: changedTag(row, 'created'),
    errors: ['already_exists', 'identity_unavailable'],
  })
  async create(@Body({ schema: TagNewSchema }) body: z.output<typeof TagNewSchema>) {
    const made = await this.calls.identity(tagCreate, body);
    return changedTag(await this.spend.ofOne(tagSpender, made), 'created');
  }

  @Post('update')
  @AdminRoute({
    summary: 'Change a tag; absent fields stay, null clears',
    body: { schema: TagUpdateSchema, example: { name, max_budget: 1_000 } },
    answer: changedTag({ ...row, max_budget: 1_000 }, 'updated'),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async update(@Body({ schema: TagUpdateSchema }) body: z.output<typeof TagUpdateSchema>) {
    const changed = await this.calls.identity(tagUpdate, body);
    return changedTag(await this.spend.ofOne(tagSpender, changed), 'updated');
  }

  @Post('info')
  @AdminRoute({
    summary: 'Tags by name, with what was spent; all or none',
    body: { schema: tagRead.request, example: { names: [name] } },
    answer: { [name]: tagRecord({ ...row, spend: 12.5 }) },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async info(@Body({ schema: tagRead.request }) body: z.output<typeof tagRead.request>) {
    const { rows } = await this.calls.identity(tagRead, body);
    const spent = await this.spend.of(tagSpender, rows);
    return Object.fromEntries(spent.map((tag) => [tag.name, tagRecord(tag)]));
  }

  @Get('list')
  @AdminRoute({
    summary: `Tags by name; the header ${TOTAL_HEADER} says how many there are on all pages`,
    query: { page: 'From 1', size: 'Tags per page, at most and unless told 1000' },
    answer: [tagRecord(row)],
    errors: ['identity_unavailable'],
  })
  async list(
    @Query({ schema: pageQuery }) query: z.output<typeof pageQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { rows, total } = await this.calls.identity(tagList, query);
    void reply.header(TOTAL_HEADER, total);
    return (await this.spend.of(tagSpender, rows)).map(tagRecord);
  }

  @Post('delete')
  @AdminRoute({
    summary: 'Delete a tag: calls with it have no limits for its sake any more',
    body: { schema: tagDelete.request, example: { name } },
    answer: { message: `Tag ${name} deleted successfully` },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async delete(@Body({ schema: tagDelete.request }) body: z.output<typeof tagDelete.request>) {
    const deleted = await this.calls.identity(tagDelete, body);
    return { message: `Tag ${deleted.name} deleted successfully` };
  }
}
