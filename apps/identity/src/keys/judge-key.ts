import type { ErrorCode } from '@signalbox/contracts';
import type { ApiKey, Team } from '@signalbox/database';

type KeyWithTeam = Pick<ApiKey, 'blocked' | 'expiresAt'> & { team: Pick<Team, 'blocked'> | null };

/** Why a key may not be used at this moment (milliseconds since 1970), or undefined when it may. */
export function judgeKey(
  record: KeyWithTeam,
  now: number,
): Extract<ErrorCode, 'expired_key' | 'key_blocked' | 'team_blocked'> | undefined {
  if (record.expiresAt !== null && record.expiresAt.getTime() <= now) return 'expired_key';
  if (record.blocked) return 'key_blocked';
  return record.team?.blocked === true ? 'team_blocked' : undefined;
}
