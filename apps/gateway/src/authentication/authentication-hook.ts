import { fault, FaultError } from '@signalbox/contracts';
import type { onRequestHookHandler } from 'fastify';
import type { AdminPort } from './admin-port.js';
import type { Authenticator } from './authenticator.js';
import type { Principal } from './principal.js';
import { routeOf } from './route-of.js';

/** Checks the key before a single byte of the body is read; no route can be reached without passing here. */
export function authenticationHook(authenticator: Authenticator, adminPort: AdminPort): onRequestHookHandler {
  return (request, _reply, done) => {
    const route = routeOf(request);
    if (route !== undefined && !adminPort.serves(request.raw, route.rule)) {
      done(new FaultError(fault('route_not_found')));
      return;
    }
    // Unknown paths answer 404 to everybody.
    if (route === undefined || route.rule.users.includes('anybody')) {
      done();
      return;
    }
    let principal: Principal | Promise<Principal>;
    try {
      principal = authenticator.authenticate(request.headers, route);
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
