import type { Catalog, Region, RegionSource, Upstream } from '@signalbox/contracts';
import { inferRegion, parseRegion, regionsContradict } from '@signalbox/providers';
import type { SectionReader } from './section-reader.js';

export interface KnownRegion {
  readonly region?: Region;
  readonly regionSource?: RegionSource;
}

/**
 * Declared (`region_name`) before inferred. A declared region that the endpoint's own name contradicts is a
 * fault: one of the two is wrong, and a promise of residency cannot rest on a guess which.
 */
export function readRegion(
  params: SectionReader,
  upstream: Upstream | undefined,
  compat: Catalog['regionCompat'],
): KnownRegion {
  const written = params.text('region_name');
  const inferred = upstream === undefined ? undefined : inferRegion(upstream);
  if (written === undefined) {
    return inferred === undefined || params.has('region_name')
      ? {}
      : { region: inferred, regionSource: 'inferred' };
  }
  const declared = parseRegion(written);
  if (declared.zone === undefined && declared.country === undefined) {
    params.warn(
      'region_name',
      `"${written}" is not a region we know: only callers allowed exactly that name are served`,
    );
  }
  if (inferred !== undefined && regionsContradict(declared, inferred, compat)) {
    params.fault(
      'region_name',
      `"${written}" contradicts the endpoint, which is in ${describe(inferred)}; correct it, or remove region_name`,
    );
  }
  return { region: declared, regionSource: 'declared' };
}

function describe(region: Region): string {
  return region.zone === undefined || region.zone === region.name
    ? region.name
    : `${region.name} (${region.zone})`;
}
