import { fault, FaultError } from '@signalbox/contracts';
import { adminOnly } from '../authentication/judge-route.js';
import { houseRole, managedTeams } from '../authentication/key-rights.js';
import type { Principal } from '../authentication/principal.js';

/** Whose keys somebody may manage: everybody's, or those of some teams. */
export type KeyScope = 'all' | readonly string[];

/** Says whose keys may be changed on behalf of whom. */
export function keyScope(principal: Principal): KeyScope {
  if (principal.kind === 'master') return 'all';
  if (principal.kind === 'open') return [];
  return houseRole(principal.caller) === 'admin' ? 'all' : managedTeams(principal.caller);
}

/** Says whose keys may be looked at: viewers see what they may not change. */
export function readingScope(principal: Principal): KeyScope {
  if (principal.kind === 'key' && houseRole(principal.caller) === 'viewer') return 'all';
  return keyScope(principal);
}

/** Whether keys of this team, or of none, lie in the scope. */
export function isInScope(scope: KeyScope, teamId: string | null | undefined): boolean {
  return scope === 'all' || (teamId != null && scope.includes(teamId));
}

/** What somebody is told who reaches outside the own scope; in LiteLLM's words. */
export function outOfScope(principal: Principal, path: string): FaultError {
  if (principal.kind !== 'key') return new FaultError(fault('admin_only'));
  const { code, message } = adminOnly(principal.caller, path);
  return new FaultError(fault(code, message));
}
