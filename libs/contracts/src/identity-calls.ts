import { z } from 'zod';
import { NanoDollarsSchema } from './budget.js';
import { CallerLimitsSchema } from './caller-limits.js';
import { CallerSchema, EndUserPolicySchema } from './caller.js';
import { defineCall, defineEvent } from './contract.js';

/** Key hash to caller. Faults: unknown_key, expired_key, key_blocked, team_blocked, identity_unavailable. */
export const identityAuthenticate = defineCall('identity.authenticate.v1', {
  request: z.object({ keyHash: z.string().regex(/^[0-9a-f]{64}$/) }),
  value: CallerSchema,
});

/** What holds for end users who have neither a budget of their own nor a shared one. */
export const EndUserDefaultsSchema = z.object({
  /** A shared budget. */
  budgetId: z.string().min(1).optional(),
  /** May be spent where that has no maximum either, in a window that never ends. */
  maxNanoDollars: NanoDollarsSchema.optional(),
});
export type EndUserDefaults = z.infer<typeof EndUserDefaultsSchema>;

/**
 * End-user id to policy. An id never seen before gets a record and no restriction but the defaults.
 * Faults: identity_unavailable, internal_error (the default budget does not exist).
 */
export const identityEndUser = defineCall('identity.end-user.v1', {
  request: z.object({
    endUserId: z.string().min(1).max(512),
    /** Of the house; absent: none. */
    defaults: EndUserDefaultsSchema.optional(),
  }),
  value: EndUserPolicySchema,
});

/**
 * The tags that have limits, by name, those after the one given. Tags are free words of callers: whoever has the whole
 * list knows of any other that it has none. Fault: identity_unavailable.
 */
export const identityTagLimits = defineCall('identity.tag-limits.v1', {
  request: z.object({ after: z.string().default('') }),
  value: z.object({
    tags: z.array(z.object({ name: z.string(), limits: CallerLimitsSchema })),
    /** There may be others after this name; absent: these were the last. */
    next: z.string().optional(),
  }),
});

/** Something a gateway may have cached is no longer true. */
export const identityChanged = defineEvent(
  'identity.changed.v1',
  z.object({
    keyHashes: z.array(z.string()).default([]),
    teamIds: z.array(z.string()).default([]),
    endUserIds: z.array(z.string()).default([]),
    userIds: z.array(z.string()).default([]),
    /** Shared budgets: whoever holds one has other limits now. */
    budgetIds: z.array(z.string()).default([]),
    tagNames: z.array(z.string()).default([]),
  }),
);
export type IdentityChanged = z.infer<typeof identityChanged.event>;
