import { fault, FaultError, type Caller, type EndUserPolicy, type Residency } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';

/** Who may restrict a call to regions. */
export interface RestrictingParties {
  readonly caller: Caller | undefined;
  /** Of the end user, when there is one. */
  readonly policy: EndUserPolicy | undefined;
  readonly body: RequestBody;
}

/** By which fields of a body a client restricts its call: ours, and Anthropic's, which in `global` asks for nothing. */
const wishes = ['allowed_model_region', 'inference_geo'] as const;

/**
 * Restrictions to regions a call is under: those of the end user, the team and the key, and those the client adds itself.
 * All must hold, so what the client sends can narrow the policy and never widen it.
 */
export function callResidency({ caller, policy, body }: RestrictingParties): Residency[] {
  const residency: Residency[] = [];
  restrict(residency, policy?.allowedRegions, 'end_user');
  restrict(residency, caller?.team?.allowedRegions, 'team');
  restrict(residency, caller?.allowedRegions, 'key');
  for (const wish of wishes) {
    const asked = body[wish];
    if (asked === undefined || asked === null || (wish === 'inference_geo' && asked === 'global')) continue;
    residency.push({ allowed: regionsIn(asked, wish), from: 'request' });
  }
  return residency;
}

function restrict(residency: Residency[], allowed: string[] | undefined, from: Residency['from']): void {
  if (allowed !== undefined && allowed.length > 0) residency.push({ allowed, from });
}

/** The list travels to the router together with those of other callers. */
const mostRegions = 100;
const longestRegion = 100;

/** A restriction that cannot be read is refused: to ignore it would serve the call from anywhere. */
function regionsIn(asked: unknown, param: string): string[] {
  const regions: unknown[] = Array.isArray(asked) ? asked : [asked];
  if (regions.length > 0 && regions.length <= mostRegions && regions.every(isReadable)) return regions;
  const message = `Invalid '${param}': expected a region or a list of regions.`;
  throw new FaultError(fault('invalid_request', message, { param }));
}

function isReadable(region: unknown): region is string {
  return typeof region === 'string' && region.trim() !== '' && region.length <= longestRegion;
}
