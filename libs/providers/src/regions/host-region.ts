import type { Region } from '@signalbox/contracts';
import { agreedRegion } from './compare-regions.js';
import { azureRegion, countryRegion, namedRegion, zoneRegion } from './parse-region.js';

/** `elsewhere` means that the host says it answers from anywhere, which no other hint may outweigh. */
export type HostRegion = Region | 'elsewhere' | undefined;

/**
 * Hosts whose region was set by the provider: the first group is the region as the provider spells it. Of OpenAI's
 * regional hosts only those that also process there are listed (the others only store); what OpenAI calls `eu` is by
 * contract the EEA and Switzerland. Source: the providers' endpoint pages, 2026-11-21.
 */
const providerHosts: readonly RegExp[] = [
  /^([a-z0-9]+)\.api\.cognitive\.microsoft\.(?:com|us|cn)$/,
  /^(ae|au|eu|in|jp|us)\.api\.openai\.com$/,
  /^api\.([a-z]{2})\.mistral\.ai$/,
  /^bedrock-(?:runtime|mantle)(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws)$/,
  /^vpce-[a-z0-9-]+\.bedrock-runtime\.([a-z0-9-]+)\.vpce\.amazonaws\.com$/,
  /^([a-z0-9-]+)-aiplatform\.googleapis\.com$/,
  /^aiplatform\.([a-z]{2})\.rep\.googleapis\.com$/,
  /^([a-z0-9-]+)\.ml\.cloud\.ibm\.com$/,
  /^(eu|us)\.openrouter\.ai$/,
];

const azureResourceHost =
  /^(.+)\.(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure)\.(com|us|cn)$/;
/** Azure's government and China clouds have domains of their own and lie in those countries. */
const azureClouds: Readonly<Record<string, string>> = { us: 'us', cn: 'cn' };

/** Words an owner puts into a resource name to say that it is not bound to one place. */
const everywhere = new Set(['global', 'worldwide', 'world', 'multiregion']);

/** What a host name says about where it answers from. */
export function hostRegion(host: string): HostRegion {
  const name = host.toLowerCase();
  const [, resource, domain = ''] = azureResourceHost.exec(name) ?? [];
  if (resource !== undefined) return resourceNameRegion(resource, zoneRegion(azureClouds[domain] ?? ''));
  for (const pattern of providerHosts) {
    const region = pattern.exec(name)?.[1];
    if (region !== undefined) return region === 'global' ? 'elsewhere' : providerRegion(region);
  }
  return undefined;
}

/**
 * The region an Azure resource name hints at. The owner chose that name, so only whole words between
 * hyphens, dots and underscores count, and only unmistakable ones: a region id (also split, `west-europe`), the zone words
 * `europe`, `eu`, `us`, `usa`, `uk`, `apac`, or a country's English name. Two words that contradict, or
 * a word for "everywhere", leave the region unknown.
 * @param cloud where the whole cloud of that resource lies, if it is in one country.
 */
export function resourceNameRegion(resource: string, cloud?: Region): HostRegion {
  const words = resource.split(/[-._]/).filter((word) => word !== '');
  if (words.some((word) => everywhere.has(word))) return 'elsewhere';
  const hints: Region[] = cloud === undefined ? [] : [cloud];
  for (let from = 0; from < words.length;) {
    const found = longestHint(words, from);
    if (found !== undefined) hints.push(found.region);
    from += found?.length ?? 1;
  }
  return hints.length === 0 ? undefined : (agreedRegion(hints) ?? 'elsewhere');
}

function longestHint(words: readonly string[], from: number): { region: Region; length: number } | undefined {
  for (let length = Math.min(4, words.length - from); length > 1; length--) {
    const region = azureRegion(words.slice(from, from + length).join(''));
    if (region !== undefined) return { region, length };
  }
  const region = wordRegion(words[from] ?? '');
  return region === undefined ? undefined : { region, length: 1 };
}

function wordRegion(word: string): Region | undefined {
  if (/^(?:eu|europe|us|usa|uk|apac)$/.test(word)) return zoneRegion(word);
  return azureRegion(word) ?? (word.length > 2 ? countryRegion(word) : undefined);
}

function providerRegion(name: string): Region | undefined {
  return zoneRegion(name) ?? namedRegion(name) ?? countryRegion(name);
}
