import type { Region, Upstream } from '@signalbox/contracts';
import { agreedRegion, regionsContradict } from './compare-regions.js';
import { hostRegion, type RegionStatement } from './host-region.js';
import { parseRegion } from './parse-region.js';
import { profileRegion } from './profile-region.js';

/** Provider settings that name a region. */
export const regionSettingNames = ['aws_region_name', 'vertex_location', 'watsonx_region_name'] as const;
/** Provider settings that hold an address whose host may name a region. */
export const regionAddressNames = ['aws_bedrock_runtime_endpoint'] as const;

type RegionFacts = Pick<Upstream, 'provider' | 'model' | 'apiBase' | 'regionSettings' | 'extraBody'>;

/**
 * Where a deployment answers from, as far as its settings tell, without asking the provider.
 *
 * Read are: explicit provider settings (`aws_region_name`, `vertex_location`, `watsonx_region_name`), addresses
 * in which the provider put the region, and the prefix of Bedrock inference profiles. A profile may
 * answer from anywhere in its zone, so it widens `eu-central-1` to `eu`; called from outside its zone (`eu.` from
 * London, `apac.` from the Emirates) it may answer there too and is unknown. `global`, what says nothing, and statements that
 * contradict each other mean unknown.
 */
export function inferRegion(upstream: RegionFacts): Region | undefined {
  const regions: Region[] = [];
  for (const statement of placeStatements(upstream)) {
    if (statement === 'anywhere' || statement === 'unclear') return undefined;
    if (statement !== undefined) regions.push(statement);
  }
  const agreed = agreedRegion(regions);
  if (regions.length > 0 && agreed === undefined) return undefined;
  const profile = profileRegion(upstream);
  if (profile === 'anywhere' || profile === 'unclear') return undefined;
  if (profile === undefined) return agreed;
  return agreed !== undefined && regionsContradict(agreed, profile) ? undefined : profile;
}

/**
 * What an endpoint's own settings say against a region that was declared for it: the first place that contradicts it, or
 * `anywhere` where the provider says that it answers from any place; undefined where nothing does.
 * @param compat as with `regionsContradict`.
 */
export function contradictionOf(
  declared: Region,
  upstream: RegionFacts,
  compat?: Parameters<typeof regionsContradict>[2],
): Region | 'anywhere' | undefined {
  for (const statement of [...placeStatements(upstream), profileRegion(upstream)]) {
    if (statement === undefined || statement === 'unclear') continue;
    if (statement === 'anywhere' || regionsContradict(declared, statement, compat)) return statement;
  }
  return undefined;
}

/** What addresses and settings say; where the call is sent first. */
function placeStatements(upstream: RegionFacts): RegionStatement[] {
  const { apiBase, regionSettings, extraBody } = upstream;
  return [
    ...addressStatements(apiBase),
    ...regionAddressNames.flatMap((name) => addressStatements(regionSettings[name])),
    ...regionSettingNames.map((name) => settingRegion(regionSettings[name])),
    // Anthropic promises to keep to `us` on routes of its own alone, so that only the contrary is believed.
    extraBody['inference_geo'] === 'global' ? 'anywhere' : undefined,
  ];
}

function addressStatements(address: string | undefined): RegionStatement[] {
  if (address === undefined || !URL.canParse(address)) return [];
  const { hostname, pathname } = new URL(address);
  // Google's addresses name the location a second time.
  const location = hostname.endsWith('.googleapis.com')
    ? /\/locations\/([^/]+)/.exec(pathname)?.[1]
    : undefined;
  return [hostRegion(hostname), settingRegion(location)];
}

function settingRegion(setting: string | undefined): RegionStatement {
  if (setting === undefined || setting.trim() === '') return undefined;
  if (setting.trim().toLowerCase() === 'global') return 'anywhere';
  const region = parseRegion(setting);
  return region.zone === undefined && region.country === undefined ? undefined : region;
}
