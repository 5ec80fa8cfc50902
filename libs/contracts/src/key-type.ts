import { z } from 'zod';

/** What a key is for, LiteLLM's `key_type`: calls, the management of records, reading about them, or no such limit. */
export const KeyTypeSchema = z.enum(['default', 'llm_api', 'management', 'read_only']);
export type KeyType = z.infer<typeof KeyTypeSchema>;
