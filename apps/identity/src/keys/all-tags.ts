import { z } from 'zod';

const taggedMetadata = z.object({ tags: z.array(z.string()) });

/** Tags of a key or team: its own and, as LiteLLM's users write them, those in `metadata.tags`; each once. */
export function allTags(record: { readonly tags: readonly string[]; readonly metadata: unknown }): string[] {
  const { data } = taggedMetadata.safeParse(record.metadata);
  return [...new Set([...record.tags, ...(data?.tags ?? [])])];
}
