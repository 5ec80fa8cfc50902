import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { NamedRoute } from './allowed-route.js';
import { routeRule } from './route-rules.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    namedRoute?: NamedRoute;
  }
}

/** Writes into every route of an instance who may use it; to be called before any is registered. */
export function nameRoutes(instance: FastifyInstance): void {
  instance.addHook('onRoute', (options) => {
    options.config = { ...options.config, namedRoute: namedRoute([options.method].flat(), options.url) };
  });
}

/** The route a request was led to; undefined where there is none. */
export function routeOf({
  is404,
  routeOptions,
}: Pick<FastifyRequest, 'is404' | 'routeOptions'>): NamedRoute | undefined {
  return is404 ? undefined : routeOptions.config.namedRoute;
}

/** Whether a request is a call of a model, the hottest path of all. */
export function isModelCall(request: FastifyRequest): boolean {
  return request.method === 'POST' && routeOf(request)?.rule.users[0] === 'caller';
}

function namedRoute([method = '', ...more]: readonly string[], url: string): NamedRoute {
  return {
    path: url.replaceAll(/:(\w+)/g, '{$1}'),
    // A route of several methods would need a rule of its own.
    rule: routeRule(more.length === 0 ? method : '', url),
  };
}
