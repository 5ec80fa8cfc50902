import { z } from 'zod';
import { CallerSchema, CallerTeamSchema } from './caller.js';
import { defineCall } from './contract.js';
import { ResidencySchema } from './region.js';

/** Who can be restricted to regions by a record. A key stands under the rules of its team too. */
export const RestrictedKindSchema = z.enum(['end_user', 'team', 'key']);

/** All that decides which models customers may use and where, and how many are under just these rules. */
export const ResidencyPolicySchema = z.object({
  /** Names these rules, as long as they are the same. */
  policy: z.string(),
  kind: RestrictedKindSchema,
  residency: z.array(ResidencySchema).min(1),
  models: CallerSchema.shape.models,
  aliases: CallerSchema.shape.aliases,
  /** Of the users of keys outside teams. */
  userModels: z.array(z.string()),
  /** Of one team that stands for all: those with deployments of their own stand for themselves alone. */
  team: CallerTeamSchema.pick({ teamId: true, models: true, modelAliases: true }).nullable(),
  customers: z.number().int(),
  /** Of some of them, the first in order: ids of end users and teams, hashes of keys. */
  firstIds: z.array(z.string()),
});
export type ResidencyPolicy = z.infer<typeof ResidencyPolicySchema>;

/** Rules that end users, teams and keys who are restricted to regions are under; blocked and expired ones are left out. */
export const residencyPolicies = defineCall(
  'residency.policies.v1',
  {
    request: z.object({
      /** Teams that have deployments of their own. */
      team_ids: z.array(z.string()),
      page: z.number().int().min(1),
      size: z.number().int().min(1).max(200),
    }),
    /** Most customers first; the total is that of all pages, 0 beyond the last. */
    value: z.object({ policies: z.array(ResidencyPolicySchema), total: z.number().int() }),
  },
  10_000,
);

/** Everybody under the rules of one policy, in order of their ids. */
export const residencyCustomers = defineCall(
  'residency.customers.v1',
  {
    request: z.object({
      team_ids: z.array(z.string()),
      policy: z.string(),
      /** Those after this one. */
      after: z.string().default(''),
      size: z.number().int().min(1).max(1_000).default(1_000),
    }),
    value: z.object({ ids: z.array(z.string()) }),
  },
  10_000,
);
