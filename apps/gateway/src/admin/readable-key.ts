import { fault, FaultError } from '@signalbox/contracts';
import type { Principal } from '../authentication/principal.js';

/**
 * Hash of the key whose record is to be shown: the one asked for, or one's own. The master key may read all,
 * a plain key only its own.
 * @throws FaultError `admin_only`, or `validation_error` when the master key names no key.
 */
export function readableKeyHash(principal: Principal, wanted: string | undefined): string {
  if (principal.kind === 'master') {
    if (wanted !== undefined) return wanted;
    const message = 'key: the master key has no record of its own, name a key';
    throw new FaultError(fault('validation_error', message, { param: 'key' }));
  }
  if (principal.kind === 'open') throw new FaultError(fault('admin_only'));
  const own = principal.caller.keyHash;
  if (wanted !== undefined && wanted !== own) throw new FaultError(fault('admin_only'));
  return own;
}
