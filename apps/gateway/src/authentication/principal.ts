import type { Caller } from '@signalbox/contracts';

/** On whose behalf a request is made. */
export type Principal =
  /** No master key is configured: calls are open to everybody, as with LiteLLM. */
  { readonly kind: 'open' } | { readonly kind: 'master' } | { readonly kind: 'key'; readonly caller: Caller };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authentication hook on every route that is not public, before the body is read. */
    principal: Principal;
  }
}

/** Returns the caller of a key; the master key and open calls have none. */
export function callerOf(principal: Principal): Caller | undefined {
  return principal.kind === 'key' ? principal.caller : undefined;
}
