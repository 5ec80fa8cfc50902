import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
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
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { pageQuery, TOTAL_HEADER, type Page } from './page-query.js';

const infoQuery = z.object({ end_user_id: z.string().min(1) });
const ids = { schema: EndUserIdsSchema, example: { user_ids: ['ishaan-jaff-45'] } };
const row: EndUserRow = {
  user_id: 'ishaan-jaff-45',
  alias: null,
  spend: 0,
  allowed_model_region: 'eu',
  default_model: null,
  budget_id: null,
  blocked: false,
  litellm_budget_table: null,
  object_permission: null,
  rpm_limit: null,
  tpm_limit: null,
  max_parallel_requests: null,
};

/** LiteLLM's `/end_user/*`, which it also calls `/customer/*`. */
@Controller(['end_user', 'customer'])
@AdminController('end users')
export class EndUsersController {
  constructor(private readonly calls: AdminCalls) {}

  @Post('new')
  @AdminRoute({
    summary: 'Make an end user, perhaps restricted to a region',
    body: { schema: EndUserNewSchema, example: { user_id: 'ishaan-jaff-45', allowed_model_region: 'eu' } },
    answer: row,
    errors: ['already_exists', 'identity_unavailable'],
  })
  create(@Body({ schema: EndUserNewSchema }) body: z.output<typeof EndUserNewSchema>) {
    return this.calls.identity(endUserCreate, body);
  }

  @Post('update')
  @AdminRoute({
    summary: 'Change an end user; absent fields stay, null clears',
    body: { schema: EndUserUpdateSchema, example: { user_id: 'ishaan-jaff-45', allowed_model_region: 'us' } },
    answer: { ...row, allowed_model_region: 'us' },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  update(@Body({ schema: EndUserUpdateSchema }) body: z.output<typeof EndUserUpdateSchema>) {
    return this.calls.identity(endUserUpdate, body);
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
    return this.calls.identity(endUserBlock, { user_ids: userIds, blocked: true });
  }

  @Post('unblock')
  @AdminRoute({
    summary: 'Let end users call again',
    body: ids,
    answer: { blocked_users: [row] },
    errors: ['identity_unavailable'],
  })
  unblock(@Body({ schema: EndUserIdsSchema }) { user_ids: userIds }: z.output<typeof EndUserIdsSchema>) {
    return this.calls.identity(endUserBlock, { user_ids: userIds, blocked: false });
  }

  @Get('info')
  @AdminRoute({
    summary: 'One end user',
    query: { end_user_id: 'Id of the end user' },
    answer: row,
    errors: ['record_not_found', 'identity_unavailable'],
  })
  info(@Query({ schema: infoQuery }) { end_user_id: id }: z.output<typeof infoQuery>) {
    return this.calls.identity(endUserRead, { user_id: id });
  }

  @Get('list')
  @AdminRoute({
    summary: `End users by id; the header ${TOTAL_HEADER} says how many there are on all pages`,
    query: { page: 'From 1', size: 'End users per page, at most and unless told 1000' },
    answer: [row],
    errors: ['identity_unavailable'],
  })
  async list(
    @Query({ schema: pageQuery }) page: Page,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EndUserRow[]> {
    const { rows, total } = await this.calls.identity(endUserList, page);
    void reply.header(TOTAL_HEADER, total);
    return rows;
  }
}
