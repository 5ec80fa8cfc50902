import { fault, FaultError, type Caller, type EndUserPolicy, type Residency } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';

/** Who may restrict a call to regions. */
export interface RestrictingParties {
  readonly caller: Caller | undefined;
  /** Of the end user, when there is one. */
  readonly policy: EndUserPolicy | undefined;
  readonly body: RequestBody;
}

/**
 * Restrictions to regions a call is under: those of the end user, the team and the key, and one the client adds itself.
 * All must hold, so what the client sends can narrow the policy and never widen it.
 */
export function callResidency({ caller, policy, body }: RestrictingParties): Residency[] {
  const residency: Residency[] = [];
  restrict(residency, policy?.allowedRegions, 'end_user');
  restrict(residency, caller?.team?.allowedRegions, 'team');
  restrict(residency, caller?.allowedRegions, 'key');
  const asked = body['allowed_model_region'];
  if (asked === undefined || asked === null) return residency;
  residency.push({ allowed: regionsIn(asked), from: 'request' });
  return residency;
}

function restrict(residency: Residency[], allowed: string[] | undefined, from: Residency['from']): void {
  if (allowed !== undefined && allowed.length > 0) residency.push({ allowed, from });
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
