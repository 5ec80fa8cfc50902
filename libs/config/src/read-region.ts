import type { Catalog, Region, RegionSource, Upstream } from '@signalbox/contracts';
import { contradictionOf, inferRegion, parseRegion } from '@signalbox/providers';
import type { SectionReader } from './section-reader.js';

export interface KnownRegion {
  readonly region?: Region;
  readonly regionSource?: RegionSource;
}

/**
 * Declared (`region_name`) before inferred. A declared region that the endpoint itself contradicts is a
 * fault: one of the two is wrong, and a promise of residency cannot rest on a guess which.
 */
export function readRegion(
  params: SectionReader,
  written: string | undefined,
  upstream: Upstream | undefined,
  compat: Catalog['regionCompat'],
): KnownRegion {
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
  const contradiction = upstream && contradictionOf(declared, upstream, compat);
  if (contradiction !== undefined) {
    params.fault(
      'region_name',
      `"${written}" contradicts the endpoint, which ${describe(contradiction)}; correct it, or remove region_name`,
    );
  }
  return { region: declared, regionSource: 'declared' };
}

function describe(place: Region | 'anywhere'): string {
  if (place === 'anywhere') return 'may answer from anywhere';
  const { name, zone = name } = place;
  return zone === name ? `is in ${name}` : `is in ${name} (${zone})`;
}
