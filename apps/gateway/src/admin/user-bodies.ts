import {
  KeyFieldsSchema,
  userCreate,
  UserFieldsSchema,
  userList,
  UserNameSchema,
  UserRoleSchema,
  type UserName,
  type UserRow,
} from '@signalbox/contracts';
import { z } from 'zod';
import { holdingNothing, withoutModelLimits } from './example-limits.js';
import { pagedQuery } from './paged-answer.js';

const teamName = z.union([z.string().min(1), z.object({ team_id: z.string().min(1) }).transform(idOf)]);

/** Body of `/user/new`: the user's fields, and those of the key that is made with it. */
export const NewUserSchema = userCreate.request.extend({
  /** Ids, or objects that hold one. */
  teams: z.array(teamName).max(100).nullish(),
  auto_create_key: z.boolean().nullish(),
  ...KeyFieldsSchema.pick({ key_alias: true, duration: true, aliases: true }).shape,
});

const nameUser = { error: 'name the user, in user_id or user_email', path: ['user_id'] };

/** Body of `/user/update`; without an id the address says who is meant. */
export const UpdateUserSchema = UserFieldsSchema.extend(UserNameSchema.shape).refine(namesUser, nameUser);

/** Query of `/user/info`; without a name the user of the key that asks. */
export const UserInfoSchema = UserNameSchema;

/** Query of `/user/list`. */
export const UserListSchema = z.object({
  ...pagedQuery(25),
  role: UserRoleSchema.optional(),
  /** Separated by commas. */
  user_ids: z
    .string()
    .min(1)
    .transform((list) => list.split(',').map((id) => id.trim()))
    .optional(),
  user_email: userList.request.shape.email,
  team: z.string().optional(),
  sort_by: userList.request.shape.sort_by,
});

/** A user for the OpenAPI pages. */
export const exampleUser: UserRow = {
  user_id: 'u1',
  user_email: 'ann@example.com',
  user_alias: 'Ann',
  user_role: 'internal_user',
  models: [],
  metadata: {},
  teams: ['13e83b19-f851-43fe-8e93-f96e21033100'],
  spend: 0,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
  ...holdingNothing,
  ...withoutModelLimits,
  rpm_limit: 60,
};

function idOf({ team_id: id }: { team_id: string }): string {
  return id;
}

function namesUser({ user_id: id, user_email: email }: UserName): boolean {
  return (id ?? email ?? '') !== '';
}
