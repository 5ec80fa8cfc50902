import { CallerTeamSchema, TeamRowSchema, type CallerTeam, type TeamRow } from '@signalbox/contracts';
import type { Team } from '@signalbox/database';
import { allTags } from '../keys/all-tags.js';
import { callerLimits, limitRow } from '../limits/limit-columns.js';

const {
  model_aliases: aliasesSchema,
  members_with_roles: membersSchema,
  metadata: metadataSchema,
} = TeamRowSchema.shape;

/** A record as the admin API shows it. What LiteLLM has and we do not is always empty. */
export function teamRow(record: Team): TeamRow {
  const aliases = aliasesSchema.parse(record.modelAliases);
  return {
    team_id: record.id,
    team_alias: record.alias,
    models: record.models,
    model_aliases: aliases,
    admins: [],
    members: [],
    members_with_roles: membersSchema.parse(record.members),
    metadata: metadataSchema.parse(record.metadata),
    tags: record.tags,
    blocked: record.blocked,
    spend: 0,
    litellm_model_table:
      Object.keys(aliases).length === 0 ? null : { model_aliases: JSON.stringify(aliases) },
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    ...limitRow(record),
  };
}

/** A record as the path of a call needs it. */
export function callerTeam(record: Team): CallerTeam {
  return {
    teamId: record.id,
    alias: record.alias,
    models: record.models,
    modelAliases: CallerTeamSchema.shape.modelAliases.parse(record.modelAliases),
    tags: allTags(record),
    ...callerLimits(record),
  };
}
