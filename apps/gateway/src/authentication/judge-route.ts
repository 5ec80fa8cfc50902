import type { Caller, ErrorCode } from '@signalbox/contracts';
import { isAllowedRoute, shownRoutes, type NamedRoute } from './allowed-route.js';
import { houseRole, managedTeams } from './key-rights.js';
import type { Principal } from './principal.js';
import type { RouteUser } from './route-rules.js';

/** Why a route is closed to somebody. */
export interface RouteRefusal {
  readonly code: Extract<ErrorCode, 'admin_only' | 'route_not_allowed'>;
  readonly message: string;
}

/** Whether somebody may use a route: undefined, or why not. Which team a `team_admin` is one of, the route asks itself. */
export function judgeRoute(route: NamedRoute, principal: Principal): RouteRefusal | undefined {
  const { users } = route.rule;
  if (principal.kind === 'master') return undefined;
  if (principal.kind === 'open') return users.some(isWithoutKey) ? undefined : noMasterKey;
  const { caller } = principal;
  if (!isAllowedRoute(caller, route)) return notAllowed(caller, route.path);
  return users.some((user) => isUser[user](caller)) ? undefined : adminOnly(caller, route.path);
}

/** Without a master key calls are open to everybody, as with LiteLLM, and nothing else is. */
function isWithoutKey(user: RouteUser): boolean {
  return user === 'anybody' || user === 'caller';
}

const isUser: Readonly<Record<RouteUser, (caller: Caller) => boolean>> = {
  anybody: () => true,
  caller: () => true,
  key: () => true,
  team_admin: (caller) => houseRole(caller) === 'admin' || managedTeams(caller).length > 0,
  viewer: (caller) => houseRole(caller) !== 'none',
  admin: (caller) => houseRole(caller) === 'admin',
  master: () => false,
};

const noMasterKey: RouteRefusal = {
  code: 'admin_only',
  message: 'Authentication Error, no master key is configured: set general_settings.master_key.',
};

function notAllowed({ keyType, allowedRoutes = [] }: Caller, path: string): RouteRefusal {
  const routes = shownRoutes(keyType, allowedRoutes).map((route) => `'${route}'`);
  return {
    code: 'route_not_allowed',
    message: `Virtual key is not allowed to call this route. Only allowed to call routes: [${routes.join(', ')}]. Tried to call route: ${path}`,
  };
}

/** LiteLLM's sentence, which its clients look for. */
export function adminOnly({ user, userId }: Caller, path: string): RouteRefusal {
  const who = `Your role=${user?.role ?? 'unknown'}. Your user_id=${userId ?? 'unknown'}`;
  return {
    code: 'admin_only',
    message: `Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. Route=${path}. ${who}`,
  };
}
