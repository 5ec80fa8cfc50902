import { z } from 'zod';

/** How one answer differs from the ordinary one. Every field may be left out. */
export const behaviourSchema = z.strictObject({
  /** Default 200; from 400 on the answer is an error body in OpenAI's shape, unless `body` is given. */
  status: z.int().min(200).max(599).optional(),
  /** Sent as it is: a text, or anything else as JSON. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Milliseconds before the first byte. */
  latencyMs: z.number().min(0).optional(),
  /** Close the connection instead of answering. */
  hangUp: z.boolean().optional(),
  /** Answer 200 with something that is not JSON (in a stream: an event that is not). */
  garbage: z.boolean().optional(),
  /** In a stream: close the connection after so many content events, or pieces of a sound. */
  truncateStreamAfter: z.int().min(0).optional(),
  /** In a stream: the number of content events; default one per word. Of a sound: the number of its pieces. */
  chunks: z.int().min(1).optional(),
  /** In a stream: milliseconds between two events. */
  chunkDelayMs: z.number().min(0).optional(),
  /** False: report no usage, even when asked to. */
  usage: z.boolean().optional(),
  /** The x-ms-region header, on every path; null: no such header, on none. */
  region: z.string().nullable().optional(),
  /** The token counts to report instead of one per word. */
  tokens: z
    .strictObject({
      prompt: z.int().optional(),
      completion: z.int().optional(),
      /** `prompt_tokens_details` and `completion_tokens_details`, by OpenAI's names. */
      ofPrompt: z.record(z.string(), z.int()).optional(),
      ofCompletion: z.record(z.string(), z.int()).optional(),
    })
    .optional(),
  /** The length of a sound, or of each image; default 1,000 bytes for each character of the text, or 96. */
  bytes: z.int().min(1).optional(),
  /** What the model says, instead of the greeting. */
  content: z.string().optional(),
});
export type Behaviour = z.infer<typeof behaviourSchema>;

export const scriptSchema = z.strictObject({
  /** One behaviour per coming request, added to those that wait. */
  next: z.array(behaviourSchema).optional(),
  /** The behaviour of every request for which none waits; null: the ordinary one again. */
  always: behaviourSchema.nullable().optional(),
});
export type Script = z.infer<typeof scriptSchema>;
