import type { FastifyInstance } from 'fastify';
import { routeRule, type RouteRule } from '../authentication/route-rules.js';

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly rule: RouteRule;
}

/** Knows every registered route, to tell a wrong method (405) from a wrong path (404). */
export class RouteTable {
  private readonly routes: Route[] = [];

  /** Watches the routes of an instance; to be called before any is registered. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRoute', ({ method, url }) => {
      const pattern = patternOf(url);
      for (const each of [method].flat()) {
        this.routes.push({ method: each.toUpperCase(), pattern, rule: routeRule(each.toUpperCase(), url) });
      }
    });
  }

  /** The methods a path takes where routes of such rules are served; none when there is no such path. */
  methodsOf(path: string, isServed: (rule: RouteRule) => boolean): string[] {
    const routes = this.routes.filter(({ pattern, rule }) => isServed(rule) && pattern.test(path));
    return [...new Set(routes.map(({ method }) => method))].sort();
  }
}

function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+';
    return segment === '*' ? '.*' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${segments.join('/')}$`);
}
