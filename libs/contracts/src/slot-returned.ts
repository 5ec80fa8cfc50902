import { z } from 'zod';
import { defineEvent } from './contract.js';

/**
 * A call that held a slot of a `maxParallelRequests` is over, or does not begin because its decision never came. Told
 * at once and to whoever hears it, so that nobody waits for the usage record on its way through the stream, or where
 * there is none for the lease; the record settles the attempt in any case.
 */
export const slotReturned = defineEvent(
  'slot.returned.v1',
  z.object({
    attemptId: z.string(),
    tokens: z.number().int().nonnegative(),
    /** What it cost; absent: nobody knows. */
    nanoDollars: z.number().int().nonnegative().optional(),
  }),
);
export type SlotReturned = z.infer<typeof slotReturned.event>;
