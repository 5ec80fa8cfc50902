import { CallerSchema, KeyRowSchema, type Caller, type KeyRow } from '@signalbox/contracts';
import type { ApiKey, Team } from '@signalbox/database';
import { z } from 'zod';
import { callerLimits, limitRow } from '../limits/limit-columns.js';
import { callerTeam } from '../teams/team-row.js';
import { allTags } from './all-tags.js';

/** LiteLLM's place for the switch. */
const disablesFallbacks = z.object({ disable_fallbacks: z.literal(true) });

/** A record as the admin API shows it. */
export function keyRow(record: ApiKey): KeyRow {
  return {
    token: record.hash,
    key_name: record.name,
    key_alias: record.alias,
    team_id: record.teamId,
    user_id: record.userId,
    models: record.models,
    aliases: KeyRowSchema.shape.aliases.parse(record.aliases),
    expires: record.expiresAt?.toISOString() ?? null,
    metadata: KeyRowSchema.shape.metadata.parse(record.metadata),
    tags: record.tags,
    blocked: record.blocked,
    spend: 0,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    ...limitRow(record),
  };
}

/** A record and its team as the path of a call needs them. */
export function callerOf(record: ApiKey & { team: Team | null }): Caller {
  return {
    keyHash: record.hash,
    keyAlias: record.alias,
    userId: record.userId,
    models: record.models,
    aliases: CallerSchema.shape.aliases.parse(record.aliases),
    tags: allTags(record),
    expiresAt: record.expiresAt?.getTime() ?? null,
    team: record.team === null ? null : callerTeam(record.team),
    ...(disablesFallbacks.safeParse(record.metadata).success && { disableFallbacks: true }),
    ...callerLimits(record),
  };
}
