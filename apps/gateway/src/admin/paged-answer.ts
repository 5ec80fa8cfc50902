import { z } from 'zod';

/** LiteLLM's newer lists say in their body where they are. */
export interface PagedAnswer {
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
  readonly total_pages: number;
}

/** Which part of such a list is wanted; `size` unless told. */
export function pagedQuery(size: number) {
  return {
    page: z.coerce.number().int().min(1).max(1_000_000).default(1),
    page_size: z.coerce.number().int().min(1).max(100).default(size),
    sort_order: z.enum(['asc', 'desc']).default('asc'),
  };
}

/** The part of the answer that is no record. */
export function pagedAnswer(
  total: number,
  { page, page_size: size }: { page: number; page_size: number },
): PagedAnswer {
  return { total, page, page_size: size, total_pages: Math.ceil(total / size) };
}
