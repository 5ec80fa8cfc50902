import { z } from 'zod';

/** Where calls of a key, a team or an end user may be served; LiteLLM's name for it. */
export const RegionFieldsSchema = z.object({
  /** A zone (`eu`, `us`, ...), an ISO country, a provider's region name, or a list of those; null: anywhere. */
  allowed_model_region: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(100)]).nullish(),
});
export type RegionFields = z.infer<typeof RegionFieldsSchema>;

/** The same as it is shown. */
export const RegionRowSchema = z.object({
  allowed_model_region: z
    .union([z.string(), z.array(z.string())])
    .nullable()
    .default(null),
});
export type RegionRow = z.infer<typeof RegionRowSchema>;
