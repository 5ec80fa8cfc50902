import { RouteConfig } from '@nestjs/platform-fastify';

/** Who may use a route: anybody, whoever may make calls (a valid key), or the holder of the master key. */
export type AccessLevel = 'public' | 'call' | 'admin';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessLevel;
  }
}

/**
 * Marks a route with who may use it. A route without a mark is for the master key only, so that a
 * forgotten mark closes a door instead of opening one: admin controllers need none.
 */
export function Access(level: AccessLevel): MethodDecorator {
  return RouteConfig({ access: level });
}
