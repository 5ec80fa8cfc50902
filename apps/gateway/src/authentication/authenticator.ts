import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { fault, FaultError, type Caller } from '@signalbox/contracts';
import type { NamedRoute } from './allowed-route.js';
import type { IdentityCache } from './identity-cache.js';
import { judgeRoute } from './judge-route.js';
import { presentedKey } from './presented-key.js';
import type { Principal } from './principal.js';

export interface AuthenticatorOptions {
  readonly masterKey?: string | undefined;
  readonly keyHeaderName?: string | undefined;
  readonly callers: Pick<IdentityCache<Caller>, 'peek' | 'read'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const open: Principal = { kind: 'open' };
const master: Principal = { kind: 'master' };

/** Finds out on whose behalf a request is made, from its headers alone. */
export class Authenticator {
  private readonly masterDigest: Buffer | undefined;

  constructor(private readonly options: AuthenticatorOptions) {
    this.masterDigest = options.masterKey === undefined ? undefined : digestOf(options.masterKey);
  }

  /**
   * Answers at once when the key is known already, else with a promise; throws or rejects with a FaultError
   * when the request may not use this route.
   */
  authenticate(headers: IncomingHttpHeaders, route: NamedRoute): Principal | Promise<Principal> {
    if (this.masterDigest === undefined) return this.admit(open, route);
    const key = presentedKey(headers, this.options.keyHeaderName);
    if (key === undefined) throw new FaultError(fault('missing_key'));
    const digest = digestOf(key);
    if (timingSafeEqual(digest, this.masterDigest)) return master;
    return this.admitKey(digest.toString('hex'), route);
  }

  /** The same of the key with this sha-256. */
  admitKey(keyHash: string, route: NamedRoute): Principal | Promise<Principal> {
    const known = this.options.callers.peek(keyHash);
    if (known !== undefined) return this.admitCaller(known, route);
    return this.options.callers.read(keyHash).then((caller) => this.admitCaller(caller, route));
  }

  /** Returns whom it is given, or throws a FaultError when the route is closed to them. */
  admit(principal: Principal, route: NamedRoute): Principal {
    const refusal = judgeRoute(route, principal);
    if (refusal !== undefined) throw new FaultError(fault(refusal.code, refusal.message));
    return principal;
  }

  private admitCaller(caller: Caller, route: NamedRoute): Principal {
    // A cached key may have expired since it was read.
    if (caller.expiresAt !== null && caller.expiresAt <= this.options.now()) {
      throw new FaultError(fault('expired_key'));
    }
    return this.admit({ kind: 'key', caller }, route);
  }
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
