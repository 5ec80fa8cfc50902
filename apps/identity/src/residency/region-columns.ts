import { RegionRowSchema, type RegionFields, type RegionRow } from '@signalbox/contracts';
import { Prisma } from '@signalbox/database';
import { canonicalRegions, checkRegions } from './allowed-regions.js';

/** The column that keys, teams and end users have in common. */
interface RegionColumn {
  readonly allowedRegion: Prisma.JsonValue;
}

/**
 * What to write; an absent field stays out, null clears.
 * @throws FaultError `validation_error` for a word that names no place
 */
export function regionColumn({ allowed_model_region: region }: RegionFields) {
  checkRegions(region);
  return region === undefined ? {} : { allowedRegion: region ?? Prisma.DbNull };
}

/** The restriction as it was written. Throws when the column holds something else: it must not become none. */
export function regionRow({ allowedRegion }: RegionColumn): RegionRow {
  return RegionRowSchema.required().parse({ allowed_model_region: allowedRegion });
}

/** The same as the path of a call needs it; nothing where there is no restriction. */
export function callerRegions(record: RegionColumn): { allowedRegions?: string[] } {
  const allowedRegions = canonicalRegions(regionRow(record).allowed_model_region);
  return allowedRegions.length === 0 ? {} : { allowedRegions };
}
