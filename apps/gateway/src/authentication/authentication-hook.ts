import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { AccessLevel } from './access.js';
import type { Authenticator } from './authenticator.js';
import type { Principal } from './principal.js';

/** Pages that Nest's OpenAPI module registers itself, without a mark. */
const documentation = /^\/docs(?:[-/].*)?$/;

/** Checks the key before a single byte of the body is read; no route can be reached without passing here. */
export function authenticationHook(authenticator: Authenticator): onRequestHookHandler {
  return (request, _reply, done) => {
    const level = accessLevelOf(request);
    if (level === 'public') {
      done();
      return;
    }
    let principal: Principal | Promise<Principal>;
    try {
      principal = authenticator.authenticate(request.headers, level);
    } catch (error) {
      done(error as Error);
      return;
    }
    if (principal instanceof Promise) {
      principal.then((found) => {
        request.principal = found;
        done();
      }, done);
      return;
    }
    request.principal = principal;
    done();
  };
}

function accessLevelOf(request: FastifyRequest): AccessLevel {
  // Unknown paths answer 404 to everybody.
  if (request.is404) return 'public';
  const marked = request.routeOptions.config.access;
  if (marked !== undefined) return marked;
  return documentation.test(request.routeOptions.url ?? '') ? 'public' : 'admin';
}
