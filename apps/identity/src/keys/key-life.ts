import type { keyCreate } from '@signalbox/contracts';
import type { z } from 'zod';
import { refusal } from '../failures/refusal.js';
import { keyExpiry } from './key-expiry.js';

/**
 * End of a key's life: absent stays as it is, null is for ever, a length of time begins now.
 * @throws FaultError `validation_error` when the request says both a length and an end, or a length too long.
 */
export function keyLife(
  { duration, expires }: Pick<z.output<typeof keyCreate.request>, 'duration' | 'expires'>,
  now: Date,
): { expiresAt?: Date | null } {
  if (duration != null && expires != null) {
    throw refusal('validation_error', 'Set either duration or expires, not both.', 'expires');
  }
  if (duration != null) return { expiresAt: keyExpiry(duration, now) };
  if (expires != null) return { expiresAt: new Date(expires) };
  return duration === undefined && expires === undefined ? {} : { expiresAt: null };
}

/** The earlier of two moments, null and undefined being never; milliseconds since 1970. */
export function earliestEnd(...ends: readonly (Date | null | undefined)[]): number | null {
  const times = ends.flatMap((end) => (end == null ? [] : [end.getTime()]));
  return times.length === 0 ? null : Math.min(...times);
}
