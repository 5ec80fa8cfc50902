import { z } from 'zod';
import { defineCall } from './contract.js';

const ids = z.array(z.string()).max(1_000).default([]);

/** What those are called who are named by their ids in a report; whoever is not there any more is left out. */
export const identityNames = defineCall('identity.names.v1', {
  request: z.object({ key_hashes: ids, team_ids: ids, user_ids: ids }),
  value: z.object({
    keys: z.record(
      z.string(),
      z.object({
        key_name: z.string(),
        key_alias: z.string().nullable(),
        team_id: z.string().nullable(),
        user_id: z.string().nullable(),
      }),
    ),
    teams: z.record(z.string(), z.object({ team_alias: z.string().nullable() })),
    users: z.record(
      z.string(),
      z.object({ user_email: z.string().nullable(), user_alias: z.string().nullable() }),
    ),
  }),
});
export type Names = z.infer<typeof identityNames.value>;
