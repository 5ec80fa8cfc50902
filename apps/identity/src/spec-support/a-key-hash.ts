import { randomBytes } from 'node:crypto';

/** The sha-256 of a key that nobody else has. */
export function aKeyHash(): string {
  return randomBytes(32).toString('hex');
}
