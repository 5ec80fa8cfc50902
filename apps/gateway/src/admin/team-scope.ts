import type { FastifyRequest } from 'fastify';
import { callerOf } from '../authentication/principal.js';
import { routeOf } from '../authentication/route-of.js';
import { isInScope, keyScope, outOfScope, readingScope } from './key-scope.js';

type Asker = Pick<FastifyRequest, 'principal' | 'routeOptions' | 'is404'>;

/** Whether the request may change who belongs to any team, as those may who are in charge of the house. */
export function managesAllTeams({ principal }: Pick<Asker, 'principal'>): boolean {
  return keyScope(principal) === 'all';
}

/**
 * Refuses unless the request may change who belongs to this team.
 * @throws FaultError `admin_only`
 */
export function requireTeamAdmin(request: Asker, teamId: string): void {
  if (!isInScope(keyScope(request.principal), teamId)) throw refused(request);
}

/**
 * Refuses unless the request may look at this team: besides those in charge, its admins and its keys may.
 * @throws FaultError `admin_only`
 */
export function requireTeamReader(request: Asker, teamId: string): void {
  const { principal } = request;
  if (isInScope(readingScope(principal), teamId) || callerOf(principal)?.team?.teamId === teamId) return;
  throw refused(request);
}

/**
 * Refuses unless the request may look at this user: those in charge may, and its own keys.
 * @throws FaultError `admin_only`
 */
export function requireUserReader(request: Asker, userId: string | undefined): void {
  const own = callerOf(request.principal)?.userId ?? undefined;
  if (readingScope(request.principal) === 'all' || (userId !== undefined && userId === own)) return;
  throw refused(request);
}

function refused(request: Asker) {
  return outOfScope(request.principal, routeOf(request)?.path ?? '');
}
