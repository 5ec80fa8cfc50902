import { TeamNewSchema } from '@signalbox/contracts';
import { z } from 'zod';
import { jsonOf, objectOf, readFields, textOf } from './conversion.js';
import { limitColumns, ownLimits, type Budgets } from './limit-fields.js';
import { listPages } from './list-pages.js';
import type { LitellmRow } from './litellm-database.js';
import { memberPlace } from './members.js';
import type { RecordKind } from './record-kind.js';

/** What teams need to know of other tables. */
export interface TeamSurroundings {
  readonly budgets: Budgets;
  /** `LiteLLM_ModelTable`: the aliases of a team, by the id that the team names. */
  readonly aliases: ReadonlyMap<string, unknown>;
  /** Is told who is a member of which team, by `memberPlace`. */
  readonly places: Set<string>;
  /** Users that could not be copied: as members they would come back without their bounds. */
  readonly skippedUsers: ReadonlySet<string>;
}

interface Member {
  readonly role: string;
  readonly user_id: string;
}

const membersSchema = z
  .array(z.object({ role: z.string().default('user'), user_id: z.string().nullish() }))
  .catch([]);
const own = ['team_id', 'team_alias', 'models', 'metadata', 'blocked', 'model_id'];

/** `LiteLLM_TeamTable`, with the members and the aliases that belong to it. */
export function teams(surroundings: TeamSurroundings): RecordKind {
  return {
    title: 'teams',
    table: 'LiteLLM_TeamTable',
    orderBy: 'team_id',
    takenColumns: [...own, ...limitColumns, 'members_with_roles', 'admins', 'members'],
    boundingColumns: ['default_team_member_models', 'object_permission_id', 'organization_id', 'policies'],
    boundingMetadata: ['guardrails'],
    convert: (row) => convert(row, surroundings),
    async *list(api) {
      const place = { path: '/team/list', sizeName: 'size', size: 1_000 } as const;
      for await (const team of listPages(api, place)) {
        const members = inOrder(membersOf(team));
        yield { id: String(team['team_id']), fields: { ...team, members_with_roles: members } };
      }
    },
    newPath: '/team/new',
    newBody: (id, fields) => ({ team_id: id, ...fields }),
    fixed: [],
    updatePath: '/team/update',
    updateBody: (id, changes) => ({ team_id: id, ...changes }),
    expendable: [],
  };
}

function convert(row: LitellmRow, { budgets, aliases, places, skippedUsers }: TeamSurroundings) {
  const id = textOf(row['team_id']) ?? '';
  const alias = textOf(row['team_alias']);
  const label = `team ${JSON.stringify(alias ?? id)}`;
  const metadata = objectOf(row['metadata']);
  const everyMember = ownLimits(budgets.get(String(metadata['team_member_budget_id'])) ?? {});
  const members = membersOf(row);
  const staying = inOrder(members.filter(({ user_id: userId }) => !skippedUsers.has(userId)));
  const read = readFields(TeamNewSchema, {
    team_id: id,
    team_alias: alias,
    models: row['models'] ?? [],
    model_aliases: objectOf(aliases.get(String(row['model_id']))),
    members_with_roles: staying,
    metadata,
    blocked: row['blocked'] === true,
    ...ownLimits(row),
    team_member_rpm_limit: everyMember['rpm_limit'],
    team_member_tpm_limit: everyMember['tpm_limit'],
    team_member_budget: everyMember['max_budget'],
    team_member_budget_duration: everyMember['budget_duration'],
  });
  if (read.fault !== undefined) return { id, label, skipped: read.fault };
  for (const { user_id: userId } of staying) places.add(memberPlace(id, userId));
  const remarks = members
    .filter(({ user_id: userId }) => skippedUsers.has(userId))
    .map(({ user_id: userId }) => `without its member ${userId}, who was skipped`);
  return { id, label, fields: { ...read.fields, members_with_roles: staying }, remarks };
}

/** Each once, in the role that stands first; the lists of ids are LiteLLM's older ones. */
function membersOf(row: LitellmRow): Member[] {
  const named = membersSchema.parse(jsonOf(row['members_with_roles']));
  const ids = z.array(z.string()).catch([]);
  const members = new Map<string, Member>();
  const add = (userId: string | null | undefined, role: string): void => {
    if (userId && !members.has(userId)) members.set(userId, { role, user_id: userId });
  };
  for (const { user_id: userId, role } of named) add(userId, role);
  for (const userId of ids.parse(row['admins'])) add(userId, 'admin');
  for (const userId of ids.parse(row['members'])) add(userId, 'user');
  return [...members.values()];
}

/** So that two lists of the same members are the same. */
function inOrder(members: readonly Member[]): Member[] {
  return members.toSorted((one, other) => (one.user_id < other.user_id ? -1 : 1));
}
