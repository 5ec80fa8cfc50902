import { z } from 'zod';

/** What an internal user may do, by LiteLLM's names; a user without a role may no more than its keys. */
export const UserRoleSchema = z.enum([
  'proxy_admin',
  'proxy_admin_viewer',
  'org_admin',
  'internal_user',
  'internal_user_viewer',
  'team',
  'customer',
]);
export type UserRole = z.infer<typeof UserRoleSchema>;
