import { brokenResidency } from '../allowed-region.js';
import type { Filter } from '../filter.js';
import { locate } from '../route-facts.js';

/**
 * Residency: every restriction of the request must hold, for every mode of request and also for a
 * deployment asked for by its id. A region nobody knows is outside every restriction.
 */
export const region: Filter = (deployment, request, facts) => {
  if (request.residency.length === 0) return undefined;
  const known = locate(deployment, facts).region;
  const broken = brokenResidency(known, request.residency, facts.rules.regionCompat);
  if (broken === undefined) return undefined;
  const wanted = `${broken.allowed.join(' or ')} (${broken.from})`;
  const answered = facts.contradictedRegion?.(deployment);
  if (answered !== undefined) {
    const detail = `its provider answered from ${answered.name}, not from where it should be, so it is not in ${wanted}`;
    return { code: 'region_unknown', detail };
  }
  return known === undefined
    ? { code: 'region_unknown', detail: `region is not known, so not ${wanted}` }
    : { code: 'region_outside', detail: `region ${known.zone ?? known.name} is outside ${wanted}` };
};
