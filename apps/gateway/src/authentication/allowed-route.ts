import type { Caller } from '@signalbox/contracts';
import type { RouteGroup, RouteRule } from './route-rules.js';

/** A route as a key's list of routes sees it. */
export interface NamedRoute {
  /** As registered, with braces: `/engines/{model}/completions`. */
  readonly path: string;
  readonly rule: RouteRule;
}

const groupOfType = {
  llm_api: 'llm_api_routes',
  management: 'management_routes',
  read_only: 'info_routes',
} as const satisfies Record<string, RouteGroup>;

/** Whether type and list of a key leave it this route. They only ever take away: what a key may at most is its role's. */
export function isAllowedRoute({ keyType, allowedRoutes }: Caller, { path, rule }: NamedRoute): boolean {
  if (keyType !== undefined && keyType !== 'default' && !rule.groups.includes(groupOfType[keyType]))
    return false;
  return allowedRoutes === undefined || allowedRoutes.some((entry) => covers(entry, path, rule.groups));
}

/** The list as LiteLLM shows it, in which a key's type is a group of routes. */
export function shownRoutes(keyType: Caller['keyType'], allowedRoutes: readonly string[]): readonly string[] {
  if (allowedRoutes.length > 0 || keyType === undefined || keyType === 'default') return allowedRoutes;
  return [groupOfType[keyType]];
}

function covers(entry: string, path: string, groups: readonly string[]): boolean {
  if (entry.endsWith('*')) return path.startsWith(entry.slice(0, -1));
  return entry === path || groups.includes(entry);
}
