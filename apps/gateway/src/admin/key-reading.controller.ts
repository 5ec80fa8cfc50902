import { Controller, Get, Post, Query, Req } from '@nestjs/common';
import { keyList } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { keyInfoAnswer, keyRecord } from './key-answer.js';
import { KeyAuthority } from './key-authority.js';
import { exampleRow, KeyInfoQuerySchema, KeyListQuerySchema } from './key-bodies.js';
import { keyHashOf } from './raw-key.js';
import { RecordSpend } from './record-spend.js';
import { keySpender } from './spenders.js';

/** Shows keys to those who may see them; never the raw ones. */
@Controller('key')
@AdminController('keys')
export class KeyReadingController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly authority: KeyAuthority,
    private readonly spend: RecordSpend,
  ) {}

  @Get('info')
  @AdminRoute({
    summary: 'One key; without a query, the key the request is made with',
    query: { key: 'The key or its sha-256; others than its own are shown to admins, also of its team' },
    answer: keyInfoAnswer(exampleRow),
    errors: ['record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  async info(
    @Req() request: FastifyRequest,
    @Query({ schema: KeyInfoQuerySchema }) { key }: z.output<typeof KeyInfoQuerySchema>,
  ) {
    const wanted = key === undefined ? undefined : keyHashOf(key);
    const row = await this.authority.readable(request, wanted);
    return keyInfoAnswer(await this.spend.ofOne(keySpender, row));
  }

  @Post('health')
  @AdminRoute({
    summary: 'Whether the key the request is made with is good; who hears this has a good one',
    answer: { key: 'healthy', logging_callbacks: null },
    errors: [],
  })
  health() {
    // LiteLLM tries the key's logging callbacks, of which we have none.
    return { key: 'healthy', logging_callbacks: null };
  }

  @Get('list')
  @AdminRoute({
    summary: 'Keys, newest first unless told; admins of a team see those of their team',
    query: {
      page: 'From 1',
      size: 'Keys per page, at most 100, unless told 10',
      team_id: 'Only keys of this team',
      user_id: 'Only keys of this user',
      key_alias: 'Only the key with this alias',
      key_hash: 'Only the key with this sha-256',
      return_full_object: 'true: whole records instead of hashes',
      sort_by: 'created_at, updated_at, expires, key_alias, user_id or team_id',
      sort_order: 'asc, or desc as it is unless told',
    },
    answer: { keys: [exampleRow.token], total_count: 1, current_page: 1, total_pages: 1 },
    errors: ['route_not_allowed', 'identity_unavailable'],
  })
  async list(
    @Req() request: FastifyRequest,
    @Query({ schema: KeyListQuerySchema }) query: z.output<typeof KeyListQuerySchema>,
  ) {
    const { key_hash: key, return_full_object: isFull, team_id: wanted, ...filters } = query;
    const team = this.authority.listedTeam(request, wanted);
    const { rows, total } = await this.calls.identity(keyList, {
      ...filters,
      ...(team !== undefined && { team_id: team }),
      ...(key !== undefined && { token: keyHashOf(key) }),
    });
    return {
      keys: isFull ? (await this.spend.of(keySpender, rows)).map(keyRecord) : rows.map(({ token }) => token),
      total_count: total,
      current_page: query.page,
      total_pages: Math.ceil(total / query.size),
    };
  }
}
