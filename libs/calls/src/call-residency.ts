import { fault, FaultError, type EndUserPolicy, type Residency } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';

/**
 * Restrictions to regions a call is under: those of the end user, and one the client adds itself. All must
 * hold, so what the client sends can narrow the policy and never widen it.
 */
export function callResidency(policy: EndUserPolicy | undefined, body: RequestBody): Residency[] {
  const residency: Residency[] = [];
  if (policy !== undefined && policy.allowedRegions.length > 0) {
    residency.push({ allowed: policy.allowedRegions, from: 'end_user' });
  }
  const asked = body['allowed_model_region'];
  if (asked === undefined || asked === null) return residency;
  residency.push({ allowed: regionsIn(asked), from: 'request' });
  return residency;
}

/** The list travels to the router together with those of other callers. */
const mostRegions = 100;
const longestRegion = 100;

/** A restriction that cannot be read is refused: to ignore it would serve the call from anywhere. */
function regionsIn(asked: unknown): string[] {
  const regions: unknown[] = Array.isArray(asked) ? asked : [asked];
  if (regions.length > 0 && regions.length <= mostRegions && regions.every(isReadable)) return regions;
  const message = "Invalid 'allowed_model_region': expected a region or a list of regions.";
  throw new FaultError(fault('invalid_request', message, { param: 'allowed_model_region' }));
}

function isReadable(region: unknown): region is string {
  return typeof region === 'string' && region.trim() !== '' && region.length <= longestRegion;
}
