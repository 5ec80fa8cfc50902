import type { Caller, CallerLimits, EndUserPolicy, LimitScope, LimitScopeKind } from '@signalbox/contracts';
import { namedTag } from '@signalbox/routing';

/** The limits of every tag that has some, by name. */
export type TagLimits = ReadonlyMap<string, CallerLimits>;

/** Those for whom a call is made and who have limits of their own; undefined when none has, as for most calls. */
export function limitScopes(
  caller: Caller | undefined,
  policy: EndUserPolicy | undefined,
  tags: readonly string[] = [],
  tagLimits?: TagLimits,
): readonly LimitScope[] | undefined {
  const scopes: LimitScope[] = [];
  const add = (kind: LimitScopeKind, id: string, limits: CallerLimits | undefined): void => {
    if (limits !== undefined) scopes.push({ ...limits, kind, id });
  };
  if (caller !== undefined) {
    const { keyHash, ledgerId = keyHash, userId, user, team } = caller;
    add('api_key', ledgerId, caller.limits);
    if (userId !== null) add('user', userId, user?.limits);
    if (team !== null) add('team', team.teamId, team.limits);
    if (team?.memberLimits !== undefined && userId !== null) {
      add('team_member', memberId(team.teamId, userId), team.memberLimits);
    }
  }
  if (policy !== undefined) add('end_user', policy.endUserId, policy.limits);
  if (tagLimits !== undefined && tagLimits.size > 0) {
    for (const name of new Set(tags.map(namedTag))) {
      if (name !== undefined) add('tag', name, tagLimits.get(name));
    }
  }
  return scopes.length === 0 ? undefined : scopes;
}

/** What the limits of a member of a team are counted by: unlike that of any other pair, whatever stands in the ids. */
export function memberId(teamId: string, userId: string): string {
  return `${encodeURIComponent(teamId)}:${userId}`;
}
