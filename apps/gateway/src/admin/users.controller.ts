import { Body, Controller, Get, Header, Post, Query, Req } from '@nestjs/common';
import {
  fault,
  FaultError,
  keyCreate,
  keyList,
  teamList,
  userCreate,
  userDelete,
  userList,
  userRead,
  userUpdate,
  type UserName,
} from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { callerOf } from '../authentication/principal.js';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { exampleRow as exampleKey } from './key-bodies.js';
import { pagedAnswer } from './paged-answer.js';
import { keyHashOf, keyNameOf, newRawKey } from './raw-key.js';
import { RecordSpend } from './record-spend.js';
import { keySpender, teamSpender, userSpender } from './spenders.js';
import { exampleTeam } from './team-bodies.js';
import { requireUserReader } from './team-scope.js';
import { createdUser, userInfo, userRecord } from './user-answer.js';
import {
  exampleUser,
  NewUserSchema,
  UpdateUserSchema,
  UserInfoSchema,
  UserListSchema,
} from './user-bodies.js';

/** Keys and teams shown with a user; the lists page through all. */
const SHOWN_RECORDS = 100;
const exampleRawKey = 'sk-R9tEyd0Vq8lZbR4nX2uW7cJmHk5sPgT1aLfQzYv4Ixw';

/** LiteLLM's `/user/*`: people of the operator's own house. */
@Controller('user')
@AdminController('users')
export class UsersController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly spend: RecordSpend,
  ) {}

  @Post('new')
  @Header('cache-control', 'no-store')
  @AdminRoute({
    summary: 'Make a user and a key of its own; auto_create_key false makes the user alone',
    body: {
      schema: NewUserSchema,
      example: { user_id: 'u1', user_email: 'ann@example.com', user_role: 'internal_user', rpm_limit: 60 },
    },
    answer: createdUser(exampleUser, { raw: exampleRawKey, row: exampleKey }),
    errors: ['already_exists', 'record_not_found', 'identity_unavailable'],
  })
  async create(@Body({ schema: NewUserSchema }) body: z.output<typeof NewUserSchema>) {
    const { auto_create_key: withKey, key_alias, duration, aliases, ...fields } = body;
    const user = await this.calls.identity(userCreate, fields);
    if (withKey === false) return createdUser(user);
    const raw = newRawKey();
    const { user_id: userId } = user;
    const key = { key_alias, duration, aliases, user_id: userId };
    try {
      const names = { token: keyHashOf(raw), key_name: keyNameOf(raw) };
      return createdUser(user, { raw, row: await this.calls.identity(keyCreate, { ...key, ...names }) });
    } catch (error) {
      // The request is refused as a whole: the same one, corrected, must not find its user taken.
      await this.calls.identity(userDelete, { user_ids: [userId] });
      throw error;
    }
  }

  @Post('update')
  @AdminRoute({
    summary: 'Change a user; absent fields stay, null clears',
    body: { schema: UpdateUserSchema, example: { user_id: 'u1', user_role: 'proxy_admin_viewer' } },
    answer: { user_id: 'u1', data: userRecord({ ...exampleUser, user_role: 'proxy_admin_viewer' }) },
    errors: ['already_exists', 'record_not_found', 'identity_unavailable'],
  })
  async update(@Body({ schema: UpdateUserSchema }) body: z.output<typeof UpdateUserSchema>) {
    const { user_id: named, ...fields } = body;
    const id = named ?? (await this.calls.identity(userRead, { user_email: body.user_email })).user_id;
    const row = await this.calls.identity(userUpdate, { ...fields, user_id: id });
    return { user_id: id, data: userRecord(await this.spend.ofOne(userSpender, row)) };
  }

  @Post('delete')
  @AdminRoute({
    summary: 'Delete users, their keys and their places in teams, all or none',
    body: { schema: userDelete.request, example: { user_ids: ['u1'] } },
    answer: { deleted_users: ['u1'], deleted_keys: 1 },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  delete(@Body({ schema: userDelete.request }) body: z.output<typeof userDelete.request>) {
    return this.calls.identity(userDelete, body);
  }

  @Get('info')
  @AdminRoute({
    summary: `One user, its newest ${SHOWN_RECORDS} keys and its teams; without a query the user of the key that asks`,
    query: { user_id: 'Id of the user', user_email: 'Address of the user' },
    answer: userInfo(exampleUser, [exampleKey], [exampleTeam]),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async info(
    @Req() request: FastifyRequest,
    @Query({ schema: UserInfoSchema }) query: z.output<typeof UserInfoSchema>,
  ) {
    const caller = callerOf(request.principal);
    const name = isNamed(query) ? query : { user_id: caller?.userId };
    if (!isNamed(name)) throw noName();
    requireUserReader(request, name.user_id ?? undefined);
    const user = await this.calls.identity(userRead, name);
    // A key of a team sees nothing of its user's other teams.
    const team = caller?.team ? { team_id: caller.team.teamId } : {};
    const records = { ...team, user_id: user.user_id, size: SHOWN_RECORDS };
    const [keys, teams] = await Promise.all([
      this.calls.identity(keyList, records),
      this.calls.identity(teamList, records),
    ]);
    return userInfo(
      ...(await Promise.all([
        this.spend.ofOne(userSpender, user),
        this.spend.of(keySpender, keys.rows),
        this.spend.of(teamSpender, teams.rows),
      ])),
    );
  }

  @Get('list')
  @AdminRoute({
    summary: 'Users with their place in the list',
    query: {
      page: 'From 1',
      page_size: 'Users per page, at most 100, unless told 25',
      role: 'A role, such as proxy_admin',
      user_ids: 'Ids, separated by commas',
      user_email: 'Part of the address',
      team: 'Id of a team they are members of',
      sort_by: 'user_id, user_email, user_alias, user_role or created_at',
      sort_order: 'asc or desc',
    },
    answer: {
      users: [userRecord({ ...exampleUser, key_count: 1 })],
      total: 1,
      page: 1,
      page_size: 25,
      total_pages: 1,
    },
    errors: ['identity_unavailable'],
  })
  async list(@Query({ schema: UserListSchema }) query: z.output<typeof UserListSchema>) {
    const { page_size: size, user_email: email, team, ...filters } = query;
    const { rows, total } = await this.calls.identity(userList, { ...filters, size, email, team_id: team });
    const users = await this.spend.of(userSpender, rows);
    return { users: users.map(userRecord), ...pagedAnswer(total, query) };
  }
}

function isNamed({ user_id: id, user_email: email }: UserName): boolean {
  return (id ?? email ?? '') !== '';
}

function noName(): FaultError {
  const message = 'user_id: the master key and keys without a user have no user of their own, name one';
  return new FaultError(fault('validation_error', message, { param: 'user_id' }));
}
