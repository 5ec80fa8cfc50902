import { z } from 'zod';
import { CallerLimitsSchema } from './caller-limits.js';
import { CallerSchema, EndUserPolicySchema } from './caller.js';
import { defineCall, defineEvent } from './contract.js';

/** Key hash to caller. Faults: unknown_key, expired_key, key_blocked, team_blocked, identity_unavailable. */
export const identityAuthenticate = defineCall('identity.authenticate.v1', {
  request: z.object({ keyHash: z.string().regex(/^[0-9a-f]{64}$/) }),
  value: CallerSchema,
});

/** End-user id to policy. An id never seen before gets a record and no restriction. Fault: identity_unavailable. */
export const identityEndUser = defineCall('identity.end-user.v1', {
  request: z.object({ endUserId: z.string().min(1).max(512) }),
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
