import { z } from 'zod';

/**
 * Where a deployment answers from. `zone` is one of the coarse names customers are restricted to
 * (`eu`, `us`, `uk`, `ch`, `ap`, ...), `country` an ISO 3166-1 alpha-2 code in upper case, `name` the
 * region's own spelling at the provider (`swedencentral`, `eu-west-1`). What is unknown is left out.
 */
export const RegionSchema = z.object({
  name: z.string(),
  zone: z.string().optional(),
  country: z.string().optional(),
});
export type Region = z.infer<typeof RegionSchema>;

/** How we know a region: the operator said so, the endpoint's own name says so, or the provider answered so. */
export const RegionSourceSchema = z.enum(['declared', 'inferred', 'learned']);
export type RegionSource = z.infer<typeof RegionSourceSchema>;

/**
 * One restriction to regions. The deployment must lie in at least one of `allowed` (a zone, an ISO
 * country or a provider's region name); several restrictions must all hold.
 */
export const ResidencySchema = z.object({
  allowed: z.array(z.string()).min(1),
  /** Who demands it; named in refusals. */
  from: z.enum(['end_user', 'team', 'key', 'request']),
});
export type Residency = z.infer<typeof ResidencySchema>;
