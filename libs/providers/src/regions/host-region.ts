import type { Region } from '@signalbox/contracts';
import { countryRegion, namedRegion, zoneRegion } from './parse-region.js';

/**
 * What one setting of a deployment says about where it answers from: a region, `anywhere` (the provider says that it may answer
 * from any place), `unclear` (it may be any place, and nothing says which), or nothing.
 */
export type RegionStatement = Region | 'anywhere' | 'unclear' | undefined;

/**
 * Hosts whose region was set by the provider: the first group is the region as the provider spells it. Of OpenAI's
 * regional hosts only those that also process there are listed (the others only store); what OpenAI calls `eu` is by
 * contract the EEA and Switzerland, what Mistral calls `eu` the European Union. Source: the providers' endpoint pages, 2026-11-21.
 */
const providerHosts: readonly RegExp[] = [
  /^([a-z0-9]+)\.api\.cognitive\.microsoft\.(?:com|us|cn)$/,
  /^(ae|au|eu|in|jp|us)\.api\.openai\.com$/,
  /^api\.(eu|us)\.mistral\.ai$/,
  /^bedrock-(?:runtime|mantle)(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws)$/,
  /^vpce-[a-z0-9-]+\.bedrock-runtime\.([a-z0-9-]+)\.vpce\.amazonaws\.com$/,
  /^([a-z0-9-]+)-aiplatform\.googleapis\.com$/,
  /^aiplatform\.([a-z]{2})\.rep\.googleapis\.com$/,
  /^([a-z0-9-]+)\.ml\.cloud\.ibm\.com$/,
  /^(eu|us)\.openrouter\.ai$/,
];

/** Azure's government and China clouds have domains of their own and lie in those countries. */
const azureClouds = /\.(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure)\.(us|cn)$/;

/** Google's address without a region is that of the global endpoint. */
const globalHosts: ReadonlySet<string> = new Set(['aiplatform.googleapis.com']);

/**
 * What a host name says about where it answers from. Only what a provider put there counts: the name of an Azure resource was
 * chosen by its owner, and `contact-us` is in no country for it. Where such a resource is, Azure says with its first answer.
 */
export function hostRegion(host: string): RegionStatement {
  const name = host.toLowerCase();
  if (globalHosts.has(name)) return 'anywhere';
  const cloud = azureClouds.exec(name)?.[1];
  if (cloud !== undefined) return zoneRegion(cloud);
  for (const pattern of providerHosts) {
    const region = pattern.exec(name)?.[1];
    if (region !== undefined) return region === 'global' ? 'anywhere' : providerRegion(region);
  }
  return undefined;
}

function providerRegion(name: string): Region | undefined {
  return zoneRegion(name) ?? namedRegion(name) ?? countryRegion(name);
}
