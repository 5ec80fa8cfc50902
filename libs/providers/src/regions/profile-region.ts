import type { Upstream } from '@signalbox/contracts';
import type { RegionStatement } from './host-region.js';
import { parseRegion } from './parse-region.js';

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

/** No maker of models has a name of two letters: such a prefix is a place, though we may not know which. */
const otherPlace = /^[a-z]{2}(?:-[a-z]+)?$/;

/**
 * What the name of a Bedrock model says about where it is served: the zone of a cross-region inference profile. Where callers choose
 * the prefix (`bedrock/*`), they may choose the global one.
 */
export function profileRegion(
  upstream: Pick<Upstream, 'provider' | 'model' | 'apiBase' | 'regionSettings'>,
): RegionStatement {
  if (!isBedrock(upstream)) return undefined;
  if (namedByOwner.test(upstream.model)) return 'unclear';
  const model = upstream.model.slice(upstream.model.lastIndexOf('/') + 1).toLowerCase();
  const prefix = model.split('.', 1)[0] ?? '';
  if (prefix === 'global' || prefix.includes('*')) return 'anywhere';
  if (prefix === model) return undefined;
  const place = Object.hasOwn(profiles, prefix) ? profiles[prefix] : undefined;
  if (place !== undefined) return parseRegion(place);
  return otherPlace.test(prefix) ? 'unclear' : undefined;
}

function isBedrock({ provider, apiBase, regionSettings }: Parameters<typeof profileRegion>[0]): boolean {
  return (
    provider.startsWith('bedrock') ||
    /^https?:\/\/[^/]*\bbedrock-/i.test(apiBase) ||
    regionSettings['aws_region_name'] !== undefined
  );
}
