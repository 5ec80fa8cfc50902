import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { fault, FaultError, type Caller } from '@signalbox/contracts';
import type { AccessLevel } from './access.js';
import type { IdentityCache } from './identity-cache.js';
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
   * when the request may not use a route of this level.
   */
  authenticate(
    headers: IncomingHttpHeaders,
    level: Exclude<AccessLevel, 'public'>,
  ): Principal | Promise<Principal> {
    if (this.masterDigest === undefined) {
      if (level === 'call') return open;
      throw refusal(
        'admin_only',
        'Authentication Error, no master key is configured: set general_settings.master_key.',
      );
    }
    const key = presentedKey(headers, this.options.keyHeaderName);
    if (key === undefined) throw refusal('missing_key');
    const digest = digestOf(key);
    if (timingSafeEqual(digest, this.masterDigest)) return master;
    const keyHash = digest.toString('hex');
    const known = this.options.callers.peek(keyHash);
    if (known !== undefined) return this.admit(known, level);
    return this.options.callers.read(keyHash).then((caller) => this.admit(caller, level));
  }

  private admit(caller: Caller, level: AccessLevel): Principal {
    // A cached key may have expired since it was read.
    if (caller.expiresAt !== null && caller.expiresAt <= this.options.now()) throw refusal('expired_key');
    if (level === 'admin') throw refusal('admin_only');
    return { kind: 'key', caller };
  }
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

function refusal(code: 'missing_key' | 'expired_key' | 'admin_only', message?: string): FaultError {
  return new FaultError(fault(code, message));
}
