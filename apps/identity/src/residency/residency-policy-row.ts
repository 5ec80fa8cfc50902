import {
  CallerSchema,
  RegionRowSchema,
  RestrictedKindSchema,
  type Residency,
  type ResidencyPolicy,
} from '@signalbox/contracts';
import { z } from 'zod';
import { canonicalRegions } from './allowed-regions.js';
import type { PolicyRecord } from './residency-policy.repository.js';

const regions = RegionRowSchema.shape.allowed_model_region.transform(canonicalRegions);
const { models, aliases } = CallerSchema.shape;
const names = models.nullish().transform((list) => list ?? []);

/** As the query builds them. A column that holds something else must not become no restriction: it throws. */
const RulesSchema = z.object({
  regions,
  models: names,
  aliases: aliases.default({}),
  userModels: names,
  team: z.object({ regions, models: names, aliases }).nullish(),
});

/** A group of customers in the words that routing compares. */
export function residencyPolicyRow({
  policy,
  kind,
  rules,
  team_id: teamId,
  customers,
  first_ids: firstIds,
}: PolicyRecord): ResidencyPolicy {
  const { team, ...own } = RulesSchema.parse(rules);
  return {
    policy,
    kind: RestrictedKindSchema.parse(kind),
    residency: [
      ...restriction(own.regions, kind === 'end_user' ? 'end_user' : 'key'),
      ...restriction(team?.regions ?? [], 'team'),
    ],
    models: own.models,
    aliases: own.aliases,
    userModels: own.userModels,
    team: team && teamId !== null ? { teamId, models: team.models, modelAliases: team.aliases } : null,
    customers,
    firstIds,
  };
}

function restriction(allowed: string[], from: Residency['from']): Residency[] {
  return allowed.length === 0 ? [] : [{ allowed, from }];
}
