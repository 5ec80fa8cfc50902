import type { Caller } from '@signalbox/contracts';

/**
 * What a key may see or change beyond its own calls. It is its user's rights, or those of its type, and a key of a team
 * has none outside its team: so nothing that an admin of a team makes can reach further than that admin.
 */
export type HouseRole = 'admin' | 'viewer' | 'none';

/** The role of a key in the house as a whole. */
export function houseRole({ team, keyType, user }: Caller): HouseRole {
  if (team !== null) return 'none';
  if (keyType === 'management' || user?.role === 'proxy_admin') return 'admin';
  return user?.role === 'proxy_admin_viewer' ? 'viewer' : 'none';
}

/** Ids of the teams whose keys this key may manage, because its user is an admin of them. */
export function managedTeams({ team, user }: Caller): readonly string[] {
  const teams = user?.adminOf ?? [];
  return team === null ? teams : teams.filter((teamId) => teamId === team.teamId);
}
