import { tokenPriceNames, type Catalog, type Deployment } from '@signalbox/contracts';
import { digestWithoutSecrets } from './digest.js';
import type { CatalogRules } from './read-router-settings.js';

const withoutPrices = Object.fromEntries(
  [...tokenPriceNames, 'longPrompts'].map((name) => [name, undefined] as const),
);

/**
 * The version says whether two processes agree on where a request may go. A rotated key changes nothing there
 * and is left out; so are prices: those of the data package change with the release, and a gateway must not
 * refuse the decisions of a router that is one release ahead.
 */
export function catalogOf(
  deployments: readonly Deployment[],
  { groupAliases, tagFiltering, checkContextWindow, unknownPrices, regionCompat }: CatalogRules,
): Catalog {
  const rules: CatalogRules = {
    groupAliases,
    tagFiltering,
    checkContextWindow,
    regionCompat,
    ...(unknownPrices !== undefined && { unknownPrices }),
  };
  const compared = deployments.map((deployment) => ({
    ...deployment,
    ...withoutPrices,
  }));
  return {
    version: digestWithoutSecrets({ deployments: compared, rules }).slice(0, 32),
    deployments,
    ...rules,
  };
}
