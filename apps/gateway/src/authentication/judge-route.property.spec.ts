import type { Caller, KeyType, UserRole } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NamedRoute } from './allowed-route.js';
import { judgeRoute } from './judge-route.js';
import { managedTeams } from './key-rights.js';
import { knownRoutes, routeRule, type RouteUser } from './route-rules.js';

const routes = [...knownRoutes, 'DELETE /somewhere', 'POST /key/forgotten'].map((line) => {
  const [method = '', url = ''] = line.split(' ');
  return { line, route: { path: url.replaceAll(/:(\w+)/g, '{$1}'), rule: routeRule(method, url) } };
});

const keyTypes: readonly KeyType[] = ['default', 'llm_api', 'management', 'read_only'];
const roles: readonly UserRole[] = ['proxy_admin', 'proxy_admin_viewer', 'internal_user', 'team', 'customer'];
const team = fc.constantFrom('red', 'blue');
const routeList = fc.uniqueArray(
  fc.constantFrom(
    '/key/info',
    '/v1/*',
    '/key/*',
    '/team/info',
    'llm_api_routes',
    'management_routes',
    'info_routes',
  ),
  { minLength: 1, maxLength: 3 },
);

const callers: fc.Arbitrary<Caller> = fc
  .record({
    team: fc.option(team),
    keyType: fc.option(fc.constantFrom(...keyTypes), { nil: undefined }),
    allowedRoutes: fc.option(routeList, { nil: undefined }),
    user: fc.option(
      fc.record({ role: fc.option(fc.constantFrom(...roles)), adminOf: fc.uniqueArray(team) }),
      { nil: undefined },
    ),
  })
  .map(({ team: teamId, keyType, allowedRoutes, user }) => ({
    ...aCaller(),
    userId: user === undefined ? null : 'u1',
    team: teamId === null ? null : { teamId, alias: null, models: [], modelAliases: {}, tags: [] },
    ...(keyType !== undefined && { keyType }),
    ...(allowedRoutes !== undefined && { allowedRoutes }),
    ...(user !== undefined && { user }),
  }));
const aRoute = fc.constantFrom(...routes);

function aCaller(words: Partial<Caller> = {}): Caller {
  return {
    keyHash: 'own',
    keyAlias: null,
    userId: null,
    models: [],
    aliases: {},
    tags: [],
    expiresAt: null,
    team: null,
    ...words,
  };
}

function mayUse(caller: Caller, route: NamedRoute): boolean {
  return judgeRoute(route, { kind: 'key', caller }) === undefined;
}

function isFor(route: NamedRoute, ...users: readonly RouteUser[]): boolean {
  return route.rule.users.some((user) => users.includes(user));
}

describe('whatever a key is', () => {
  it('a key without a role uses what is for every key, and nothing else', () => {
    fc.assert(
      fc.property(callers, aRoute, (caller, { route }) => {
        const plain = { ...caller, keyType: 'default' as const, user: { role: null, adminOf: [] } };
        fc.pre(mayUse(plain, route));
        expect(isFor(route, 'anybody', 'caller', 'key')).toBe(true);
      }),
    );
  });

  it('a key of a team is never more than an admin of that one team', () => {
    fc.assert(
      fc.property(callers, aRoute, (caller, { route }) => {
        fc.pre(caller.team !== null && mayUse(caller, route));
        expect(isFor(route, 'anybody', 'caller', 'key', 'team_admin')).toBe(true);
        expect(managedTeams(caller).filter((teamId) => teamId !== caller.team?.teamId)).toEqual([]);
        if (!isFor(route, 'anybody', 'caller', 'key')) expect(managedTeams(caller)).toHaveLength(1);
      }),
    );
  });

  it('lists of routes and types other than management only take away', () => {
    fc.assert(
      fc.property(callers, aRoute, (caller, { route }) => {
        fc.pre(caller.keyType !== 'management' && mayUse(caller, route));
        const free = { ...caller };
        delete free.keyType;
        delete free.allowedRoutes;
        expect(mayUse(free, route)).toBe(true);
      }),
    );
  });

  it('a list that names no route and no group of it closes it', () => {
    fc.assert(
      fc.property(callers, aRoute, (caller, { route }) => {
        expect(mayUse({ ...caller, allowedRoutes: ['/elsewhere', 'spend_tracking_routes'] }, route)).toBe(
          false,
        );
      }),
    );
  });

  it('a route that stands in no table is for the master key alone', () => {
    fc.assert(
      fc.property(callers, fc.webPath(), (caller, url) => {
        fc.pre(!knownRoutes.includes(`POST ${url}`));
        const route = { path: url, rule: routeRule('POST', url) };
        expect(mayUse(caller, route)).toBe(false);
        expect(judgeRoute(route, { kind: 'master' })).toBeUndefined();
      }),
    );
  });

  it('who may change anything may also read anything', () => {
    fc.assert(
      fc.property(callers, (caller) => {
        fc.pre(caller.allowedRoutes === undefined);
        const opened = routes.filter(({ route }) => mayUse(caller, route));
        const isAdmin = opened.some(({ route }) => isFor(route, 'admin'));
        const unread = routes.filter(({ route }) => isFor(route, 'viewer') && !mayUse(caller, route));
        if (isAdmin) expect(unread).toEqual([]);
      }),
    );
  });
});

describe('a route', () => {
  const management = aCaller({ keyType: 'management' });
  const viewer = aCaller({ userId: 'u1', user: { role: 'proxy_admin_viewer', adminOf: [] } });
  const admin = aCaller({ userId: 'u1', user: { role: 'proxy_admin', adminOf: [] } });
  const teamAdmin = aCaller({ userId: 'u1', user: { role: 'internal_user', adminOf: ['red'] } });
  const opened = (caller: Caller): string[] =>
    routes.filter(({ route }) => mayUse(caller, route)).map(({ line }) => line);

  it.each(routes)('is open to the master key: $line', ({ route }) => {
    expect(judgeRoute(route, { kind: 'master' })).toBeUndefined();
  });

  it('is open without a master key only when it is a call or for anybody', () => {
    const free = routes.filter(({ route }) => judgeRoute(route, { kind: 'open' }) === undefined);
    expect(free.every(({ route }) => isFor(route, 'anybody', 'caller'))).toBe(true);
    expect(free.map(({ line }) => line)).toContain('POST /v1/chat/completions');
  });

  it('of the house is open to admins, and to management keys where it is no call', () => {
    expect(opened(admin)).toEqual(expect.arrayContaining(['POST /team/new', 'POST /v1/chat/completions']));
    expect(opened(management)).toContain('POST /team/new');
    expect(opened(management)).not.toContain('POST /v1/chat/completions');
  });

  it('that changes something is closed to viewers', () => {
    const changing = routes.filter(
      ({ route }) => isFor(route, 'admin', 'team_admin') && !isFor(route, 'viewer'),
    );
    expect(changing.map(({ line }) => line)).toContain('POST /key/bulk_update');
    expect(changing.filter(({ route }) => mayUse(viewer, route))).toEqual([]);
    expect(opened(viewer)).toEqual(
      expect.arrayContaining(['GET /key/list', 'GET /end_user/list', 'GET /usage']),
    );
  });

  it('about keys is open to admins of a team', () => {
    expect(opened(teamAdmin)).toEqual(expect.arrayContaining(['POST /key/generate', 'GET /key/list']));
    expect(opened(teamAdmin)).not.toContain('POST /team/delete');
  });

  it("says in LiteLLM's words why it is closed", () => {
    const block = { path: '/team/block', rule: routeRule('POST', '/team/block') };
    expect(judgeRoute(block, { kind: 'key', caller: teamAdmin })).toEqual({
      code: 'admin_only',
      message:
        'Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. ' +
        'Route=/team/block. Your role=internal_user. Your user_id=u1',
    });
    expect(judgeRoute(block, { kind: 'key', caller: aCaller({ keyType: 'llm_api' }) })).toEqual({
      code: 'route_not_allowed',
      message:
        "Virtual key is not allowed to call this route. Only allowed to call routes: ['llm_api_routes']. " +
        'Tried to call route: /team/block',
    });
  });
});

describe('a list of routes', () => {
  const chat = { path: '/v1/chat/completions', rule: routeRule('POST', '/v1/chat/completions') };
  const ofModel = {
    path: '/engines/{model}/completions',
    rule: routeRule('POST', '/engines/:model/completions'),
  };

  it.each<[string, NamedRoute, boolean]>([
    ['/v1/chat/completions', chat, true],
    ['/chat/completions', chat, false],
    ['/v1/*', chat, true],
    ['/v1/c*', chat, true],
    ['/v1', chat, false],
    ['llm_api_routes', chat, true],
    ['openai_routes', chat, true],
    ['info_routes', chat, false],
    ['/engines/{model}/completions', ofModel, true],
    ['/engines/*', ofModel, true],
    ['/engines/gpt-4/completions', ofModel, false],
  ])('with %s', (entry, route, isOpen) => {
    expect(mayUse(aCaller({ allowedRoutes: [entry] }), route)).toBe(isOpen);
  });
});
