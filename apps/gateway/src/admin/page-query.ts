import { z } from 'zod';

/** LiteLLM's lists are bare arrays, so the count of all pages stands in a header. */
export const TOTAL_HEADER = 'x-total-count';

/** Which part of a list is wanted. */
export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(1_000).default(1_000),
});
export type Page = z.output<typeof pageQuery>;

/** Yes or no in a query. */
export const flagQuery = z.enum(['true', 'false']).transform((text) => text === 'true');
