import type { FastifyInstance } from 'fastify';

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
}

/** Knows every registered route, to tell a wrong method (405) from a wrong path (404). */
export class RouteTable {
  private readonly routes: Route[] = [];

  /** Watches the routes of an instance; to be called before any is registered. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRoute', ({ method, url }) => {
      const pattern = patternOf(url);
      for (const each of [method].flat()) this.routes.push({ method: each.toUpperCase(), pattern });
    });
  }

  /** The methods a path takes; none when there is no such path. */
  methodsOf(path: string): string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+';
    return segment === '*' ? '.*' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${segments.join('/')}$`);
}
