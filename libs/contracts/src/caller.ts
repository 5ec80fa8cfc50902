import { z } from 'zod';
import { CallerLimitsSchema } from './caller-limits.js';
import { KeyTypeSchema } from './key-type.js';
import { UserRoleSchema } from './user-role.js';

const aliases = z.record(z.string(), z.string());

/** Zones, countries or region names, at least one of which must hold; absent: anywhere. */
const allowedRegions = z.array(z.string()).min(1).optional();

/** The team a key belongs to, as far as a call needs it. */
export const CallerTeamSchema = z.object({
  teamId: z.string(),
  alias: z.string().nullable(),
  /** Model groups the team may use; empty means all. */
  models: z.array(z.string()),
  modelAliases: aliases,
  tags: z.array(z.string()),
  allowedRegions,
  /** Shared by all keys of the team; absent: none. */
  limits: CallerLimitsSchema.optional(),
  /** Shared by all keys of the team that belong to the key's user; absent: none. */
  memberLimits: CallerLimitsSchema.optional(),
});
export type CallerTeam = z.infer<typeof CallerTeamSchema>;

/** The internal user a key belongs to, as far as the gateway needs it. */
export const CallerUserSchema = z.object({
  role: UserRoleSchema.nullable(),
  /** Ids of the teams it is an admin of. */
  adminOf: z.array(z.string()),
  /** Model groups that the key may use, beside its own list; absent: all, or the key is a team's. */
  models: z.array(z.string()).optional(),
  /** Shared by all keys of the user; absent: none. */
  limits: CallerLimitsSchema.optional(),
});
export type CallerUser = z.infer<typeof CallerUserSchema>;

/** Who calls: what a valid key stands for. Blocked or expired keys never become a caller. */
export const CallerSchema = z.object({
  /** sha-256 of the key, hex. */
  keyHash: z.string(),
  /** What the limits of the key are counted by, whatever its value is; absent: by its hash. */
  ledgerId: z.string().optional(),
  keyAlias: z.string().nullable(),
  userId: z.string().nullable(),
  /** Model groups the key may use; empty means all. */
  models: z.array(z.string()),
  aliases,
  tags: z.array(z.string()),
  /** Beside those of the team. */
  allowedRegions,
  /** End of the key's life, milliseconds since 1970; the gateway checks it on every call. */
  expiresAt: z.number().nullable(),
  team: CallerTeamSchema.nullable(),
  /** The record of `userId`; absent when there is none. */
  user: CallerUserSchema.optional(),
  /** What the key is for; absent: `default`. */
  keyType: KeyTypeSchema.optional(),
  /** Paths, paths ending in `*` and groups of routes; absent: all that type and role allow. */
  allowedRoutes: z.array(z.string()).min(1).optional(),
  /** Fields that its calls must have, also within others (`metadata.generation_name`), of key and team; absent: none. */
  enforcedParams: z.array(z.string()).min(1).optional(),
  /** `disable_fallbacks` of the key's metadata; absent means no. */
  disableFallbacks: z.boolean().optional(),
  /** Of the key itself; absent: none. */
  limits: CallerLimitsSchema.optional(),
  /** When something in here ends by itself, milliseconds since 1970: it is to be asked for anew then; absent: never. */
  changesAt: z.number().optional(),
  /** The shared budgets by which the limits in here are what they are; absent: none. */
  budgetIds: z.array(z.string()).optional(),
});
export type Caller = z.infer<typeof CallerSchema>;

/** What is known of an end user named in a call. A blocked one is refused by the gateway. */
export const EndUserPolicySchema = z.object({
  endUserId: z.string(),
  blocked: z.boolean(),
  /** Zones, countries or region names; empty means: anywhere. */
  allowedRegions: z.array(z.string()),
  defaultModel: z.string().nullable(),
  /** Over all keys that name it; absent: none. */
  limits: CallerLimitsSchema.optional(),
  /** The shared budgets by which these are what they are; absent: none. */
  budgetIds: z.array(z.string()).optional(),
});
export type EndUserPolicy = z.infer<typeof EndUserPolicySchema>;
