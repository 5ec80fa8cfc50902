import type { ErrorCode } from '@signalbox/contracts';
import type { ApiKey, Team } from '@signalbox/database';

type KeyWithTeam = Pick<ApiKey, 'blocked'> & { team: Pick<Team, 'blocked'> | null };

/** Why a key that ends at `end` may not be used at this moment (milliseconds since 1970), or undefined when it may. */
export function judgeKey(
  record: KeyWithTeam,
  end: number | null,
  now: number,
): Extract<ErrorCode, 'expired_key' | 'key_blocked' | 'team_blocked'> | undefined {
  if (end !== null && end <= now) return 'expired_key';
  if (record.blocked) return 'key_blocked';
  return record.team?.blocked === true ? 'team_blocked' : undefined;
}
