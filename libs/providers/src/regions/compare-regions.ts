import type { Catalog, Region } from '@signalbox/contracts';

/**
 * Whether two statements about one place cannot both be true: different zones, different countries, or
 * different region names within a country. A coarse statement does not contradict a finer one inside it:
 * `eu` and `swedencentral` agree. Text that names no known place can be compared with nothing.
 * @param compat with `litellm`, `eu` as a whole zone holds `uk` and `ch` too.
 */
export function regionsContradict(
  one: Region,
  other: Region,
  compat: Catalog['regionCompat'] = 'strict',
): boolean {
  if (!isPlaced(one) || !isPlaced(other)) return false;
  if (compat === 'litellm' && isOneEuropeForLitellm(one, other)) return false;
  if (differ(one.zone, other.zone) || differ(one.country, other.country)) return true;
  return isSite(one) && isSite(other) && one.name !== other.name;
}

function isOneEuropeForLitellm(one: Region, other: Region): boolean {
  const isInEurope = [one.zone, other.zone].every((zone) => zone === 'eu' || zone === 'uk' || zone === 'ch');
  return isInEurope && (one.name === one.zone || other.name === other.zone);
}

/** The more exact of two statements that agree. */
export function finerRegion(one: Region, other: Region): Region {
  return precision(other) > precision(one) ? other : one;
}

/** The one statement all hints agree on, in its most exact form; undefined when there is none or two contradict. */
export function agreedRegion(hints: readonly Region[]): Region | undefined {
  let agreed: Region | undefined;
  for (const hint of hints) {
    if (agreed !== undefined && regionsContradict(agreed, hint)) return undefined;
    agreed = agreed === undefined ? hint : finerRegion(agreed, hint);
  }
  return agreed;
}

function isPlaced(region: Region): boolean {
  return region.zone !== undefined || region.country !== undefined;
}

function isSite(region: Region): boolean {
  return precision(region) === 2;
}

function precision(region: Region): 0 | 1 | 2 {
  if (region.country === undefined) return 0;
  const isWholeCountry = region.name === region.zone || region.name === region.country.toLowerCase();
  return isWholeCountry ? 1 : 2;
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
