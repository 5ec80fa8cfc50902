import type { Caller, EndUserPolicy, LimitScope } from '@signalbox/contracts';

/** Those for whom a call is made and who have limits of their own; undefined when none has, as for most calls. */
export function limitScopes(
  caller: Caller | undefined,
  policy: EndUserPolicy | undefined,
): readonly LimitScope[] | undefined {
  const ofKey = caller?.limits;
  const ofTeam = caller?.team?.limits;
  const ofEndUser = policy?.limits;
  if (ofKey === undefined && ofTeam === undefined && ofEndUser === undefined) return undefined;
  const scopes: LimitScope[] = [];
  if (caller !== undefined && ofKey !== undefined) {
    scopes.push({ ...ofKey, kind: 'api_key', id: caller.keyHash });
  }
  if (caller?.team && ofTeam !== undefined) scopes.push({ ...ofTeam, kind: 'team', id: caller.team.teamId });
  if (policy !== undefined && ofEndUser !== undefined) {
    scopes.push({ ...ofEndUser, kind: 'end_user', id: policy.endUserId });
  }
  return scopes;
}
