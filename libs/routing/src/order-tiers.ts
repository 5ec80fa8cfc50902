import type { Deployment } from '@signalbox/contracts';

/**
 * Groups deployments by `order`, lowest first; those without one come last, as in LiteLLM. Inside a tier
 * the order of the configuration stays.
 */
export function orderTiers<Item extends { readonly deployment: Deployment }>(
  items: readonly Item[],
): readonly (readonly Item[])[] {
  const tiers = new Map<number, Item[]>();
  for (const item of items) {
    const order = item.deployment.order ?? Number.POSITIVE_INFINITY;
    const tier = tiers.get(order);
    if (tier === undefined) tiers.set(order, [item]);
    else tier.push(item);
  }
  return [...tiers].sort(([a], [b]) => a - b).map(([, tier]) => tier);
}
