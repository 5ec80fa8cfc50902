import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { TeamNewSchema, TeamRow, TeamUpdateSchema } from '@signalbox/contracts';
import type { z } from 'zod';
import { IdentityChanges } from '../changes/identity-changes.js';
import { refusal } from '../failures/refusal.js';
import { teamRow } from './team-row.js';
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
    const record = await this.teams.create(id, fields);
    if (record === undefined) {
      const message = `Team id = ${id} already exists. Please use a different team id.`;
      throw refusal('already_exists', message, 'team_id');
    }
    this.changes.publish({ teamIds: [id] });
    return teamRow(record);
  }

  async update({ team_id: id, ...fields }: z.output<typeof TeamUpdateSchema>): Promise<TeamRow> {
    const updated = await this.teams.update(id, fields);
    if (updated === undefined) throw unknownTeam(id, 'team_id');
    this.changes.publish({ teamIds: [id], keyHashes: updated.keyHashes });
    return teamRow(updated.team);
  }

  async delete(teamIds: readonly string[]): Promise<{ deleted_teams: string[]; deleted_keys: number }> {
    const ids = [...new Set(teamIds)];
    const { missing, keyHashes } = await this.teams.deleteAll(ids);
    if (missing[0] !== undefined) throw unknownTeam(missing[0], 'team_ids');
    this.changes.publish({ teamIds: ids, keyHashes: [...keyHashes] });
    return { deleted_teams: ids, deleted_keys: keyHashes.length };
  }

  async read(id: string): Promise<{ team: TeamRow; key_hashes: string[] }> {
    const found = await this.teams.findWithKeys(id);
    if (found === null) throw unknownTeam(id, 'team_id');
    return { team: teamRow(found.team), key_hashes: found.keyHashes };
  }

  async list(page: number, size: number): Promise<{ rows: TeamRow[]; total: number }> {
    const { records, total } = await this.teams.list(page, size);
    return { rows: records.map(teamRow), total };
  }
}

/** LiteLLM's words for it. */
export function unknownTeam(id: string, param: string) {
  return refusal('record_not_found', `Team not found, passed team_id=${id}`, param);
}
