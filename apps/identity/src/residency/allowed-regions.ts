import type { EndUserRow } from '@signalbox/contracts';
import { parseRegion } from '@signalbox/providers';
import { refusal } from '../failures/refusal.js';

type AllowedModelRegion = EndUserRow['allowed_model_region'];

/**
 * The restriction in the words routing compares: `Europe` becomes `eu`, `Sweden Central` becomes
 * `swedencentral`. Empty means: anywhere. A word nobody knows stays as it is, and no deployment lies there.
 */
export function canonicalRegions(allowed: AllowedModelRegion): string[] {
  return regionList(allowed).map((text) => parseRegion(text).name);
}

/**
 * Refuses a word that names no zone, country or provider's region: nothing could ever serve that end user.
 * @throws FaultError `validation_error`
 */
export function checkRegions(allowed: AllowedModelRegion | undefined): void {
  const unknown = regionList(allowed ?? null).filter((text) => !isPlace(text));
  if (unknown.length === 0) return;
  throw refusal(
    'validation_error',
    `allowed_model_region names no region we know: ${unknown.map((text) => JSON.stringify(text)).join(', ')}. ` +
      'Use a zone such as eu or us, an ISO country such as DE, or a region name of a provider such as swedencentral.',
    'allowed_model_region',
  );
}

function regionList(allowed: AllowedModelRegion): readonly string[] {
  if (allowed === null) return [];
  return typeof allowed === 'string' ? [allowed] : allowed;
}

function isPlace(text: string): boolean {
  const { zone, country } = parseRegion(text);
  return zone !== undefined || country !== undefined;
}
