import { MemberLimitFieldsSchema } from '@signalbox/contracts';
import { z } from 'zod';
import { readFields, textOf } from './conversion.js';
import { budgetOf, ownLimits, type Budgets } from './limit-fields.js';
import { listPages } from './list-pages.js';
import type { LitellmRow } from './litellm-database.js';
import type { RecordKind } from './record-kind.js';

export interface MemberSurroundings {
  readonly budgets: Budgets;
  /** Who is a member of which team, by `memberPlace`: LiteLLM keeps rows of those who left. */
  readonly places: ReadonlySet<string>;
}

const infoSchema = z.object({ team_memberships: z.array(z.record(z.string(), z.unknown())) });

/** `LiteLLM_TeamMembership`: what bounds a user's calls with the keys of one team. That it is a member says the team. */
export function members({ budgets, places }: MemberSurroundings): RecordKind {
  const teamIds = new Set([...places].map((place) => namesIn(place).team_id));
  return {
    title: 'limits of members',
    table: 'LiteLLM_TeamMembership',
    orderBy: 'team_id',
    takenColumns: ['team_id', 'user_id', 'budget_id'],
    boundingColumns: [],
    boundingMetadata: [],
    convert: (row) => {
      const [id, label] = nameOf(row);
      if (!places.has(id)) return { label, skipped: 'it is no member of that team' };
      const limits = ownLimits(budgetOf(row, budgets) ?? {});
      const wanted = { ...limits, max_budget_in_team: limits['max_budget'] };
      const read = readFields(MemberLimitFieldsSchema, wanted);
      return read.fault === undefined
        ? { id, label, fields: read.fields, remarks: [] }
        : { label, skipped: read.fault };
    },
    async *list(api) {
      for await (const { team_id: id } of listPages(api, {
        path: '/team/list',
        sizeName: 'size',
        size: 1_000,
      })) {
        const team = String(id);
        if (!teamIds.has(team)) continue;
        const { team_memberships: found } = await api.read(
          `/team/info?team_id=${encodeURIComponent(team)}`,
          infoSchema,
        );
        for (const row of found) yield { id: nameOf(row)[0], fields: row };
      }
    },
    newPath: '/team/member_update',
    newBody: (id, fields) => ({ ...namesIn(id), ...fields }),
    fixed: [],
    updatePath: '/team/member_update',
    updateBody: (id, changes) => ({ ...namesIn(id), ...changes }),
    expendable: [],
  };
}

/** Team and user in one text. */
export function memberPlace(teamId: string, userId: string): string {
  return JSON.stringify([teamId, userId]);
}

function namesIn(place: string): { team_id: string; user_id: string } {
  const [teamId, userId] = z.tuple([z.string(), z.string()]).parse(JSON.parse(place));
  return { team_id: teamId, user_id: userId };
}

function nameOf(row: LitellmRow): [id: string, label: string] {
  const [team, user] = [textOf(row['team_id']) ?? '', textOf(row['user_id']) ?? ''];
  return [memberPlace(team, user), `member ${JSON.stringify(user)} of team ${JSON.stringify(team)}`];
}
