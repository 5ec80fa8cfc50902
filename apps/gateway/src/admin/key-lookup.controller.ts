import { Body, Controller, Get, Post, Query, Req } from '@nestjs/common';
import { keyAliases } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { keyRecord } from './key-answer.js';
import { KeyAuthority } from './key-authority.js';
import { exampleRow } from './key-bodies.js';
import { keyHashOf, KeyOrHashSchema } from './raw-key.js';
import { RecordSpend } from './record-spend.js';
import { keySpender } from './spenders.js';

const KeysSchema = z.object({ keys: z.array(KeyOrHashSchema).min(1).max(100) });
const { page, size, search, team_id } = keyAliases.request.shape;
const count = z.coerce.number().optional();
const AliasesSchema = z.object({ page: count.pipe(page), size: count.pipe(size), search, team_id });

/** Looks many keys up at once, for pages that show them. */
@Controller()
@AdminController('keys')
export class KeyLookupController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly authority: KeyAuthority,
    private readonly spend: RecordSpend,
  ) {}

  @Get('key/aliases')
  @AdminRoute({
    summary: 'What keys are called, by alphabet; admins of a team see those of their team',
    query: {
      page: 'From 1',
      size: 'Aliases per page, at most 1000, unless told 50',
      search: 'Part of the alias, in any case',
      team_id: 'Only of keys of this team',
    },
    answer: { aliases: ['ci'], total_count: 1, current_page: 1, total_pages: 1, size: 50 },
    errors: ['route_not_allowed', 'identity_unavailable'],
  })
  async aliases(
    @Req() request: FastifyRequest,
    @Query({ schema: AliasesSchema }) { team_id: wanted, ...query }: z.output<typeof AliasesSchema>,
  ) {
    const team = this.authority.listedTeam(request, wanted);
    const { aliases, total } = await this.calls.identity(keyAliases, {
      ...query,
      ...(team !== undefined && { team_id: team }),
    });
    return {
      aliases,
      total_count: total,
      current_page: query.page,
      total_pages: Math.ceil(total / query.size),
      size: query.size,
    };
  }

  @Post('v2/key/info')
  @AdminRoute({
    summary: 'Up to 100 keys, named by themselves or their hashes, all or none',
    body: { schema: KeysSchema, example: { keys: [exampleRow.token] } },
    answer: { key: [exampleRow.token], info: [keyRecord(exampleRow)] },
    errors: ['record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  async info(
    @Req() request: FastifyRequest,
    @Body({ schema: KeysSchema }) { keys }: z.output<typeof KeysSchema>,
  ) {
    const rows = await Promise.all(keys.map((key) => this.authority.readable(request, keyHashOf(key))));
    const spent = await this.spend.of(keySpender, rows);
    return { key: rows.map(({ token }) => token), info: spent.map(keyRecord) };
  }
}
