import { z } from 'zod';

/** Header of a message on the bus in which a gateway says, as JSON, who asked for what the message orders. */
export const ACTOR_HEADER = 'signalbox-actor';

/** Who orders a change. */
export const ActorSchema = z.object({
  /** A user, the name an operator's program gave in `litellm-changed-by`, or `master`. */
  changedBy: z.string(),
  /** sha-256 of the key it was ordered with, hex, or `master`. */
  keyHash: z.string().optional(),
  keyAlias: z.string().optional(),
  /** Id of the HTTP request. */
  requestId: z.string().optional(),
});
export type Actor = z.infer<typeof ActorSchema>;
