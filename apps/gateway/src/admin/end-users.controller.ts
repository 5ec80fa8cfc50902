import { Body, Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import type { CallSettings } from '@signalbox/calls';
import type { Current } from '@signalbox/config';
import {
  endUserBlock,
  endUserCreate,
  endUserDelete,
  EndUserIdsSchema,
  endUserList,
  EndUserNewSchema,
  endUserRead,
  EndUserUpdateSchema,
  endUserUpdate,
  type EndUserRow,
} from '@signalbox/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { SETTINGS } from '../gateway.tokens.js';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { checkDefaultModel } from './default-model.js';
import { holdingNothing, withoutModelLimits } from './example-limits.js';
import { flagQuery, pageQuery, TOTAL_HEADER } from './page-query.js';
import { RecordSpend } from './record-spend.js';
import { endUserSpender } from './spenders.js';
import type { Spent } from './spent-limits.js';

const infoQuery = z.object({ end_user_id: z.string().min(1) });
const { user_id: partOfId, alias, allowed_model_region: region } = endUserList.request.shape;
const listQuery = pageQuery.extend({
  user_id: partOfId,
  alias,
  blocked: flagQuery.optional(),
  allowed_model_region: region,
});
const ids = { schema: EndUserIdsSchema, example: { user_ids: ['ishaan-jaff-45'] } };
const row: EndUserRow = {
  user_id: 'ishaan-jaff-45',
  alias: null,
  spend: 0,
  allowed_model_region: 'eu',
  default_model: null,
  blocked: false,
  object_permission: null,
  ...holdingNothing,
  ...withoutModelLimits,
};

/** LiteLLM's `/end_user/*`, which it also calls `/customer/*`. */
@Controller(['end_user', 'customer'])
@AdminController('end users')
export class EndUsersController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly spend: RecordSpend,
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
  ) {}

  @Post('new')
  @AdminRoute({
    summary: 'Make an end user, perhaps restricted to a region',
    body: { schema: EndUserNewSchema, example: { user_id: 'ishaan-jaff-45', allowed_model_region: 'eu' } },
    answer: row,
    errors: ['already_exists', 'identity_unavailable'],
  })
  async create(@Body({ schema: EndUserNewSchema }) body: z.output<typeof EndUserNewSchema>) {
    checkDefaultModel(this.settings.current.catalog, body.default_model);
    return this.spend.ofOne(endUserSpender, await this.calls.identity(endUserCreate, body));
  }

  @Post('update')
  @AdminRoute({
    summary: 'Change an end user; absent fields stay, null clears',
    body: { schema: EndUserUpdateSchema, example: { user_id: 'ishaan-jaff-45', allowed_model_region: 'us' } },
    answer: { ...row, allowed_model_region: 'us' },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async update(@Body({ schema: EndUserUpdateSchema }) body: z.output<typeof EndUserUpdateSchema>) {
    checkDefaultModel(this.settings.current.catalog, body.default_model);
    return this.spend.ofOne(endUserSpender, await this.calls.identity(endUserUpdate, body));
  }

  @Post('delete')
  @AdminRoute({
    summary: 'Delete end users, all or none',
    body: ids,
    answer: { deleted_customers: 1, message: "Successfully deleted customers with ids: ['ishaan-jaff-45']" },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  delete(@Body({ schema: EndUserIdsSchema }) body: z.output<typeof EndUserIdsSchema>) {
    return this.calls.identity(endUserDelete, body);
  }

  @Post('block')
  @AdminRoute({
    summary: 'Refuse every call made for these end users',
    body: ids,
    answer: { blocked_users: [{ ...row, blocked: true }] },
    errors: ['identity_unavailable'],
  })
  block(@Body({ schema: EndUserIdsSchema }) { user_ids: userIds }: z.output<typeof EndUserIdsSchema>) {
    return this.setBlocked(userIds, true);
  }

  @Post('unblock')
  @AdminRoute({
    summary: 'Let end users call again',
    body: ids,
    answer: { blocked_users: [row] },
    errors: ['identity_unavailable'],
  })
  unblock(@Body({ schema: EndUserIdsSchema }) { user_ids: userIds }: z.output<typeof EndUserIdsSchema>) {
    return this.setBlocked(userIds, false);
  }

  @Get('info')
  @AdminRoute({
    summary: 'One end user',
    query: { end_user_id: 'Id of the end user' },
    answer: row,
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async info(@Query({ schema: infoQuery }) { end_user_id: id }: z.output<typeof infoQuery>) {
    return this.spend.ofOne(endUserSpender, await this.calls.identity(endUserRead, { user_id: id }));
  }

  @Get('list')
  @AdminRoute({
    summary: `End users by id; the header ${TOTAL_HEADER} says how many there are on all pages`,
    query: {
      page: 'From 1',
      size: 'End users per page, at most and unless told 1000',
      user_id: 'Part of the id',
      alias: 'Part of the alias, in any case',
      blocked: 'true or false',
      allowed_model_region: 'A word of the restriction, as it was written',
    },
    answer: [row],
    errors: ['identity_unavailable'],
  })
  async list(
    @Query({ schema: listQuery }) query: z.output<typeof listQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Spent<EndUserRow>[]> {
    const { rows, total } = await this.calls.identity(endUserList, query);
    void reply.header(TOTAL_HEADER, total);
    return this.spend.of(endUserSpender, rows);
  }

  private async setBlocked(ids: string[], blocked: boolean) {
    const { blocked_users: rows } = await this.calls.identity(endUserBlock, { user_ids: ids, blocked });
    return { blocked_users: await this.spend.of(endUserSpender, rows) };
  }
}
