import { z } from 'zod';
import { defineEvent } from './contract.js';

/**
 * Every router says now and then that it is there, so that all know how many they are: while the shared limits
 * cannot be reached, each takes its part of them.
 */
export const routerAnnounced = defineEvent(
  'router.announced.v1',
  z.object({
    /** Names the process, not the machine: a router that starts anew is another one. */
    routerId: z.string(),
    /** It stops: the others need not wait until it has been silent for a while. */
    isLeaving: z.boolean().optional(),
  }),
);
