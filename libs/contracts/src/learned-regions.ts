import { z } from 'zod';
import { defineBucket } from './contract.js';

/**
 * Regions that providers named themselves (`x-ms-region`), by endpoint key (see `endpointKey` in
 * libs/providers): written by the gateway that heard it, watched by every gateway and router.
 */
export const learnedRegions = defineBucket(
  'learned-regions',
  z.object({
    /** The header's value as sent, e.g. `Sweden Central`. */
    header: z.string().max(100),
    /** Milliseconds since 1970. */
    observedAt: z.number(),
    /** An operator had the endpoint asked again: what it said before does not count any more. Absent: no. */
    isReadmission: z.boolean().optional(),
  }),
);
