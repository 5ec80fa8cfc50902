import { Inject, Injectable } from '@nestjs/common';
import type { identityNames, Names } from '@signalbox/contracts';
import { DATABASE, type Database } from '@signalbox/database';
import type { z } from 'zod';

/** What keys, teams and users are called, in the tables where they stand. */
@Injectable()
export class NamesRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async find({
    key_hashes: keyHashes,
    team_ids: teamIds,
    user_ids: userIds,
  }: z.output<typeof identityNames.request>): Promise<Names> {
    const [keys, teams, users] = await Promise.all([
      this.database.apiKey.findMany({
        where: { hash: { in: keyHashes } },
        select: { hash: true, name: true, alias: true, teamId: true, userId: true },
      }),
      this.database.team.findMany({ where: { id: { in: teamIds } }, select: { id: true, alias: true } }),
      this.database.user.findMany({
        where: { id: { in: userIds } },
        select: { id: true, email: true, alias: true },
      }),
    ]);
    return {
      keys: Object.fromEntries(
        keys.map(({ hash, name, alias, teamId, userId }) => [
          hash,
          { key_name: name, key_alias: alias, team_id: teamId, user_id: userId },
        ]),
      ),
      teams: Object.fromEntries(teams.map(({ id, alias }) => [id, { team_alias: alias }])),
      users: Object.fromEntries(
        users.map(({ id, email, alias }) => [id, { user_email: email, user_alias: alias }]),
      ),
    };
  }
}
