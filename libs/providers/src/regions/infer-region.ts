import type { Region, Upstream } from '@signalbox/contracts';
import { agreedRegion, regionsContradict } from './compare-regions.js';
import { hostRegion, type HostRegion } from './host-region.js';
import { parseRegion } from './parse-region.js';

/** Provider settings that name a region. */
export const regionSettingNames = ['aws_region_name', 'vertex_location', 'watsonx_region_name'] as const;
/** Provider settings that hold an address whose host may name a region. */
export const regionAddressNames = ['aws_bedrock_runtime_endpoint'] as const;

type RegionFacts = Pick<Upstream, 'provider' | 'model' | 'apiBase' | 'regionSettings'>;

/**
 * Where a deployment answers from, as far as its settings tell, without asking the provider.
 *
 * Read are: explicit provider settings (`aws_region_name`, `vertex_location`, `watsonx_region_name`), host
 * names in which the provider put the region, whole words in Azure resource names (a hint chosen by the
 * resource's owner, see `resourceNameRegion`), and the prefix of Bedrock inference profiles. A profile may
 * answer from anywhere in its zone, so it widens `eu-central-1` to `eu`; called from outside its zone (`eu.` from
 * London, `apac.` from the Emirates) it may answer there too and is unknown, as is one that a customer has made: its name
 * does not say of what. `global`, or hints that contradict each other, mean unknown.
 */
export function inferRegion(upstream: RegionFacts): Region | undefined {
  const hosts = [
    upstream.apiBase,
    ...regionAddressNames.flatMap((name) => upstream.regionSettings[name] ?? []),
  ];
  const statements: HostRegion[] = [
    ...regionSettingNames.map((name) => settingRegion(upstream.regionSettings[name])),
    ...hosts.map((address) => hostRegion(hostOf(address))),
  ];
  const hints: Region[] = [];
  for (const statement of statements) {
    if (statement === 'elsewhere') return undefined;
    if (statement !== undefined) hints.push(statement);
  }
  const agreed = agreedRegion(hints);
  if (hints.length > 0 && agreed === undefined) return undefined;
  return withProfile(agreed, profileRegion(upstream));
}

function settingRegion(setting: string | undefined): HostRegion {
  if (setting === undefined || setting.trim() === '') return undefined;
  if (setting.trim().toLowerCase() === 'global') return 'elsewhere';
  const region = parseRegion(setting);
  return region.zone === undefined && region.country === undefined ? undefined : region;
}

function withProfile(agreed: Region | undefined, profile: HostRegion): Region | undefined {
  if (profile === undefined) return agreed;
  if (profile === 'elsewhere') return undefined;
  return agreed !== undefined && regionsContradict(agreed, profile) ? undefined : profile;
}

/** Prefixes of Bedrock's cross-region inference profiles; AWS Bedrock user guide, 2026-11-21. */
const profiles: Readonly<Record<string, string>> = {
  apac: 'ap',
  au: 'au',
  ca: 'ca',
  eu: 'eu',
  jp: 'jp',
  us: 'us',
  'us-gov': 'us',
};

/** Ids chosen by AWS for its customers: what is behind one may be a profile of any zone, or the global one. */
const namedByOwner = /(?:application-inference-profile|prompt-router)\//;

function profileRegion(upstream: RegionFacts): HostRegion {
  const isBedrock =
    upstream.provider.startsWith('bedrock') ||
    /^https?:\/\/bedrock-/.test(upstream.apiBase) ||
    upstream.regionSettings['aws_region_name'] !== undefined;
  if (!isBedrock) return undefined;
  if (namedByOwner.test(upstream.model)) return 'elsewhere';
  const model = upstream.model.slice(upstream.model.lastIndexOf('/') + 1).toLowerCase();
  const prefix = model.slice(0, Math.max(0, model.indexOf('.')));
  if (prefix === 'global') return 'elsewhere';
  const place = Object.hasOwn(profiles, prefix) ? profiles[prefix] : undefined;
  return place === undefined ? undefined : parseRegion(place);
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : '';
}
