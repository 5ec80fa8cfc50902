import type { KeyRow, TeamRow, UserRow } from '@signalbox/contracts';
import { generatedKey, keyRecord } from './key-answer.js';
import type { Spent } from './spent-limits.js';
import { teamRecord } from './team-answer.js';

/** A user as LiteLLM shows it. What LiteLLM has and we do not is empty in the way it leaves it empty. */
export function userRecord<Row extends Spent<UserRow>>(row: Row) {
  return {
    ...row,
    organization_id: null,
    object_permission: null,
    sso_user_id: null,
  };
}

/** The answer to `/user/new`: the user, and the key made with it, which can be read nowhere else. */
export function createdUser(row: UserRow, key?: { readonly raw: string; readonly row: KeyRow }) {
  const { key_name, key_alias, expires, token, aliases } =
    key === undefined ? noKey : generatedKey(key.raw, key.row);
  return { key: key?.raw ?? null, token, key_name, key_alias, expires, aliases, ...userRecord(row) };
}

const noKey = { key_name: null, key_alias: null, expires: null, token: null, aliases: {} };

/** The answer to `/user/info`. */
export function userInfo(
  row: Spent<UserRow>,
  keys: readonly Spent<KeyRow>[],
  teams: readonly Spent<TeamRow>[],
) {
  return {
    user_id: row.user_id,
    user_info: userRecord(row),
    keys: keys.map(keyRecord),
    teams: teams.map(teamRecord),
  };
}
