import type { Caller, UserRole } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInScope, keyScope, readingScope } from './key-scope.js';

const team = fc.constantFrom('red', 'blue', 'green');
const roles: readonly UserRole[] = ['proxy_admin', 'proxy_admin_viewer', 'internal_user'];

const callers: fc.Arbitrary<Caller> = fc
  .record({
    teamId: fc.option(team),
    isManagement: fc.boolean(),
    role: fc.option(fc.constantFrom(...roles)),
    adminOf: fc.uniqueArray(team),
  })
  .map(({ teamId, isManagement, role, adminOf }) => ({
    keyHash: 'own',
    keyAlias: null,
    userId: 'u1',
    models: [],
    aliases: {},
    tags: [],
    expiresAt: null,
    team: teamId === null ? null : { teamId, alias: null, models: [], modelAliases: {}, tags: [] },
    user: { role, adminOf },
    ...(isManagement && { keyType: 'management' as const }),
  }));
const anyTeam = fc.option(team);

describe('whose keys a key manages', () => {
  it('is nobody else than the teams its user is an admin of, and of those only its own when it has one', () => {
    fc.assert(
      fc.property(callers, anyTeam, (caller, teamId) => {
        const scope = keyScope({ kind: 'key', caller });
        fc.pre(scope !== 'all' && isInScope(scope, teamId));
        expect(caller.user?.adminOf).toContain(teamId);
        expect([null, teamId]).toContain(caller.team?.teamId ?? null);
      }),
    );
  });

  it('is everybody only with a key of no team', () => {
    fc.assert(
      fc.property(callers, (caller) => {
        fc.pre(keyScope({ kind: 'key', caller }) === 'all');
        expect(caller.team).toBeNull();
        expect(caller.keyType === 'management' || caller.user?.role === 'proxy_admin').toBe(true);
      }),
    );
  });

  // Otherwise an admin of a team could make itself a key that reaches further.
  it('never grows by a key that it may make: one of a team it manages, for any user, of any type', () => {
    fc.assert(
      fc.property(callers, callers, anyTeam, (maker, made, teamId) => {
        const scope = keyScope({ kind: 'key', caller: maker });
        fc.pre(scope !== 'all' && made.team !== null && isInScope(scope, made.team.teamId));
        const reached = keyScope({ kind: 'key', caller: made });
        if (isInScope(reached, teamId)) expect(isInScope(scope, teamId)).toBe(true);
      }),
    );
  });

  it('may be looked at wherever it may be changed', () => {
    fc.assert(
      fc.property(callers, anyTeam, (caller, teamId) => {
        const principal = { kind: 'key', caller } as const;
        fc.pre(isInScope(keyScope(principal), teamId));
        expect(isInScope(readingScope(principal), teamId)).toBe(true);
      }),
    );
  });
});

it('is everybody for the master key and nobody without one', () => {
  expect(keyScope({ kind: 'master' })).toBe('all');
  expect(keyScope({ kind: 'open' })).toEqual([]);
});
