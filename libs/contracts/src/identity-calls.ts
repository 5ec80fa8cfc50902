import { z } from 'zod';
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

/** Something a gateway may have cached is no longer true. */
export const identityChanged = defineEvent(
  'identity.changed.v1',
  z.object({
    keyHashes: z.array(z.string()).default([]),
    teamIds: z.array(z.string()).default([]),
    endUserIds: z.array(z.string()).default([]),
    userIds: z.array(z.string()).default([]),
  }),
);
export type IdentityChanged = z.infer<typeof identityChanged.event>;
