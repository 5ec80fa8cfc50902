import { Injectable } from '@nestjs/common';
import { fault, FaultError, keyRead, teamRead, type KeyRow } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../authentication/principal.js';
import { routeOf } from '../authentication/route-of.js';
import { AdminCalls } from './admin-calls.js';
import { isInScope, keyScope, outOfScope, readingScope } from './key-scope.js';
import { keyHashOf } from './raw-key.js';

type Asker = Pick<FastifyRequest, 'principal' | 'routeOptions' | 'is404'>;

/** A key by its hash or by its alias. */
export interface KeyName {
  readonly token?: string;
  readonly key_alias?: string;
}

/** What says whose a key is. */
interface OwnerFields {
  readonly team_id?: string | null | undefined;
  readonly user_id?: string | null | undefined;
}

/** Decides which keys a request may touch; admins are not asked twice. */
@Injectable()
export class KeyAuthority {
  constructor(private readonly calls: AdminCalls) {}

  /** Refuses unless the request may make a key with these fields. */
  async requireMakeable(request: Asker, fields: OwnerFields): Promise<void> {
    if (isUnlimited(request)) return;
    await this.requireOwner(request, fields.team_id ?? null, fields.user_id);
  }

  /** Refuses unless the request may change all of these keys. */
  async requireChangeable(request: Asker, names: readonly KeyName[]): Promise<void> {
    if (isUnlimited(request)) return;
    const rows = await Promise.all(names.map((name) => this.calls.identity(keyRead, name)));
    for (const row of rows) requireTeam(request, row.team_id);
  }

  /** Hash of a key that the request names and may change, and may give these fields. */
  async changeable(request: Asker, name: KeyName, fields: OwnerFields = {}): Promise<string> {
    if (name.token !== undefined && isUnlimited(request)) return name.token;
    const row = await this.calls.identity(keyRead, name);
    if (isUnlimited(request)) return row.token;
    requireTeam(request, row.team_id);
    const { team_id: teamId = row.team_id, user_id: userId } = fields;
    await this.requireOwner(request, teamId, userId);
    return row.token;
  }

  /** A key's record, for whoever may see it; without a name the key that the request is made with. */
  async readable(request: Asker, wanted: string | undefined): Promise<KeyRow> {
    const { principal } = request;
    const own = principal.kind === 'key' ? principal.caller.keyHash : undefined;
    const token = wanted ?? own;
    if (token === undefined) {
      const message = 'key: the master key has no record of its own, name a key';
      throw new FaultError(fault('validation_error', message, { param: 'key' }));
    }
    const scope = readingScope(principal);
    // Who sees no other keys does not learn either which there are.
    if (token !== own && scope.length === 0) throw refused(request);
    const row = await this.calls.identity(keyRead, { token });
    if (token !== own && !isInScope(scope, row.team_id)) throw refused(request);
    return row;
  }

  /** The team whose keys the request may list, of those it asks for; undefined is all. */
  listedTeam(request: Asker, wanted: string | undefined): string | undefined {
    const scope = readingScope(request.principal);
    if (scope === 'all') return wanted;
    const [onlyTeam, ...more] = scope;
    const team = wanted ?? (more.length === 0 ? onlyTeam : undefined);
    if (team === undefined) {
      const message = `team_id: name one of the teams ${scope.join(', ')}`;
      throw new FaultError(fault('validation_error', message, { param: 'team_id' }));
    }
    if (!isInScope(scope, team)) throw refused(request);
    return team;
  }

  /**
   * Refuses what an admin of a team may not give its keys: another team or none, or a user who is not a member, for
   * the limits of users are shared by all their keys.
   */
  private async requireOwner(
    request: Asker,
    teamId: string | null,
    userId: string | null | undefined,
  ): Promise<void> {
    requireTeam(request, teamId);
    if (teamId === null || userId == null || isSelf(request.principal, userId)) return;
    const { team } = await this.calls.identity(teamRead, { team_id: teamId });
    if (!team.members_with_roles.some((member) => member.user_id === userId)) throw refused(request);
  }
}

/** The key that a body names by `key`, which wins, or by `key_alias`. */
export function keyNameIn(key: string | null | undefined, alias: string | null | undefined): KeyName {
  if (key != null) return { token: keyHashOf(key) };
  return alias == null ? {} : { key_alias: alias };
}

function isUnlimited({ principal }: Asker): boolean {
  return keyScope(principal) === 'all';
}

function requireTeam(request: Asker, teamId: string | null): void {
  if (!isInScope(keyScope(request.principal), teamId)) throw refused(request);
}

function isSelf(principal: Principal, userId: string): boolean {
  return principal.kind === 'key' && principal.caller.userId === userId;
}

function refused(request: Asker): FaultError {
  return outOfScope(request.principal, routeOf(request)?.path ?? '');
}
