import type { Catalog, Region, Residency } from '@signalbox/contracts';

/** LiteLLM counted these zones as `eu`; ours are zones of their own unless the catalog asks for its ways. */
const alsoEuForLiteLlm: ReadonlySet<string> = new Set(['uk', 'ch']);

/** Providers write `Sweden Central` and `swedencentral` for the same place. */
function spelling(text: string): string {
  return text.toLowerCase().replace(/\s+/g, '');
}

function namesOf(region: Region, compat: Catalog['regionCompat']): ReadonlySet<string> {
  const known = namesByRegion[compat].get(region);
  if (known !== undefined) return known;
  const names = new Set([region.name, region.zone, region.country].map((name) => spelling(name ?? '')));
  names.delete('');
  if (compat === 'litellm' && alsoEuForLiteLlm.has(spelling(region.zone ?? ''))) names.add('eu');
  namesByRegion[compat].set(region, names);
  return names;
}

/** Regions of a catalog never change and are asked for with every request. */
const namesByRegion: Readonly<Record<Catalog['regionCompat'], WeakMap<Region, ReadonlySet<string>>>> = {
  strict: new WeakMap(),
  litellm: new WeakMap(),
};

/**
 * The first restriction the region does not satisfy, or undefined when all hold. An entry matches by zone,
 * ISO country or the provider's own region name, in any case. An unknown region satisfies no restriction.
 */
export function brokenResidency(
  region: Region | undefined,
  residency: readonly Residency[],
  compat: Catalog['regionCompat'],
): Residency | undefined {
  if (residency.length === 0) return undefined;
  if (region === undefined) return residency[0];
  const names = namesOf(region, compat);
  return residency.find(
    ({ allowed }) => !allowed.some((entry) => names.has(entry) || names.has(spelling(entry))),
  );
}

/** Whether data may go to this region under every one of the restrictions. No restriction: anywhere. */
export function isRegionAllowed(
  region: Region | undefined,
  residency: readonly Residency[],
  compat: Catalog['regionCompat'] = 'strict',
): boolean {
  return brokenResidency(region, residency, compat) === undefined;
}

const demandedBy: Record<Residency['from'], string> = {
  end_user: 'end user',
  team: 'team',
  key: 'key',
  request: 'request',
};

/** `eu (demanded by the end user)`, several joined by `and`: for messages to people. */
export function describeResidency(residency: readonly Residency[]): string {
  return residency
    .map(({ allowed, from }) => `${allowed.join(' or ')} (demanded by the ${demandedBy[from]})`)
    .join(' and ');
}
