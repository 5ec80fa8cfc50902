import type { Settings } from '@signalbox/config';
import { regionCoverage, type CoveredFallback, type GroupCoverage } from '@signalbox/routing';

/** What the configuration alone says of regions, a line per model group and per fallback that never applies to somebody. */
export function coverageText({ catalog, router }: Pick<Settings, 'catalog' | 'router'>): string {
  const coverage = regionCoverage(catalog, router.fallbacks, { learnedRegion: () => undefined });
  if (coverage.zones.length === 0) {
    return 'Regions: no deployment has one that is declared or inferred; callers who are restricted to a region are refused.';
  }
  return [
    'Regions:',
    ...coverage.groups.flatMap((group) => [groupLine(group), ...fallbackLines(group)]),
  ].join('\n');
}

function groupLine({ modelGroup, zones, deployments, refusedIn }: GroupCoverage): string {
  const unknown = deployments.filter(({ region }) => region === undefined).length;
  const parts = [
    zones.length === 0 ? 'nowhere for certain' : zones.join(', '),
    ...(unknown > 0 ? [`${unknown} of ${deployments.length} deployments without a region`] : []),
    ...(refusedIn.length > 0 ? [`callers restricted to ${refusedIn.join(' or ')} are refused`] : []),
  ];
  return `  ${modelGroup}: ${parts.join('; ')}`;
}

function fallbackLines({ fallbacks }: GroupCoverage): string[] {
  return fallbacks.filter(({ neverFor }) => neverFor.length > 0).map(fallbackLine);
}

function fallbackLine({ kind, model, neverFor, zones }: CoveredFallback): string {
  const ofKind = kind === 'general' ? 'fallback' : `fallback (${kind})`;
  const whom = zones.length === 0 ? 'any region' : neverFor.join(' or ');
  return `    ${ofKind} ${model}: never for callers restricted to ${whom}`;
}
