import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { teamList, TeamNewSchema, teamRead, TeamRow, TeamUpdateSchema } from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { membershipRow, teamRow } from './team-row.js';
import { TeamRepository } from './team.repository.js';

/** The rules about teams. */
@Injectable()
export class TeamService {
  constructor(
    private readonly teams: TeamRepository,
    private readonly changes: IdentityChanges,
  ) {}

  async create({ team_id: wanted, ...fields }: z.output<typeof TeamNewSchema>): Promise<TeamRow> {
    const id = wanted ?? randomUUID();
    const created = await this.teams.create(id, fields);
    if (created === undefined) {
      const message = `Team id = ${id} already exists. Please use a different team id.`;
      throw refusal('already_exists', message, 'team_id');
    }
    this.changes.publish({ teamIds: [id], userIds: [...created.userIds] });
    return teamRow(created.team);
  }

  async update({ team_id: id, ...fields }: z.output<typeof TeamUpdateSchema>): Promise<TeamRow> {
    const updated = await this.teams.update(id, fields);
    if (updated === undefined) throw unknownTeam(id, 'team_id');
    this.changes.publish({ teamIds: [id], keyHashes: updated.keyHashes, userIds: [...updated.userIds] });
    return teamRow(updated.team);
  }

  async addModels(id: string, models: readonly string[]): Promise<TeamRow> {
    return this.changeModels(id, (known) => [...new Set([...known, ...models])]);
  }

  async deleteModels(id: string, models: readonly string[]): Promise<TeamRow> {
    return this.changeModels(id, (known) => {
      if (known.length === 0) throw unlistedModels();
      const left = known.filter((model) => !models.includes(model));
      // An empty list would mean all models.
      return left.length === 0 ? ['no-default-models'] : left;
    });
  }

  async delete(teamIds: readonly string[]): Promise<{ deleted_teams: string[]; deleted_keys: number }> {
    const ids = [...new Set(teamIds)];
    const { missing, keyHashes, userIds } = await this.teams.deleteAll(ids);
    if (missing[0] !== undefined) throw unknownTeam(missing[0], 'team_ids');
    this.changes.publish({ teamIds: ids, keyHashes: [...keyHashes], userIds: [...userIds] });
    return { deleted_teams: ids, deleted_keys: keyHashes.length };
  }

  async read(id: string): Promise<z.output<typeof teamRead.value>> {
    const found = await this.teams.findWithKeys(id);
    if (found === null) throw unknownTeam(id, 'team_id');
    const { team, keyHashes } = found;
    return { team: teamRow(team), key_hashes: keyHashes, memberships: team.members.map(membershipRow) };
  }

  async list(query: z.output<typeof teamList.request>): Promise<z.output<typeof teamList.value>> {
    const { records, total } = await this.teams.list(query);
    return { rows: records.map(teamRow), total };
  }

  private async changeModels(id: string, change: (known: readonly string[]) => string[]): Promise<TeamRow> {
    const team = await this.teams.changeModels(id, change);
    if (team === undefined) throw unknownTeam(id, 'team_id');
    this.changes.publish({ teamIds: [id] });
    return teamRow(team);
  }
}

/** LiteLLM's words for it. */
export function unknownTeam(id: string, param: string) {
  return refusal('record_not_found', `Team not found, passed team_id=${id}`, param);
}

function unlistedModels() {
  const message =
    'The team has no list of models, so it may use all: there is nothing to take out. Set models first.';
  return refusal('validation_error', message, 'models');
}
