import { z } from 'zod';
import { defineEvent } from './contract.js';

/** A cooldown of these deployments began or ended; what holds now stands in Redis, where every router reads it. */
export const cooldownChanged = defineEvent(
  'cooldown.changed.v1',
  z.object({ deploymentIds: z.array(z.string()).min(1) }),
);
export type CooldownChanged = z.infer<typeof cooldownChanged.event>;
