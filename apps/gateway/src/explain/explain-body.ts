import { CallModeSchema } from '@signalbox/contracts';
import { z } from 'zod';
import { KeyOrHashSchema } from '../admin/raw-key.js';

/** A call, with what is asked about it beside. */
export const ExplainBodySchema = z.looseObject({
  /** Which kind of call; a chat unless told. */
  mode: CallModeSchema.default('chat'),
  /** As if made for this end user. */
  as_user: z.string().min(1).max(512).optional(),
  /** As if made with this key, or the key with this sha-256. */
  as_key: KeyOrHashSchema.optional(),
  assume: z
    .strictObject({
      /** Ids of deployments that are supposed not to answer. */
      down: z.array(z.string().max(512)).max(1_000).default([]),
    })
    .default({ down: [] }),
});
export type ExplainBody = z.output<typeof ExplainBodySchema>;

/** What the OpenAPI page shows. */
export const exampleBody = {
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Hello!' }],
  as_user: 'customer-45',
  assume: { down: ['azure-sweden'] },
};
