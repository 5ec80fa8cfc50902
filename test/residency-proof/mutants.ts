/** One guard that is taken out of a copy of the code: the copy that Node loads, not the one on the disk. */
export interface Mutant {
  readonly name: string;
  /** What is taken out, to be told to people. */
  readonly without: string;
  /** The end of the path of the compiled file. */
  readonly file: string;
  /** Stands in it exactly once. */
  readonly text: string;
  readonly replacement: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'region-filter',
    without: 'the filter by region in the router',
    file: '/libs/routing/dist/filters/region.js',
    text: 'if (request.residency.length === 0)',
    replacement: 'if (true)',
  },
  {
    name: 'permit-check',
    without: 'the check of the permit in the gateway',
    file: '/libs/calls/dist/upstream/permit.js',
    text: 'if (!isRegionAllowed(region, residency, settings.catalog.regionCompat))',
    replacement: 'if (false)',
  },
  {
    name: 'fallback-filter',
    without: 'the restrictions of a call when it goes on to a fallback',
    file: '/libs/calls/dist/fallback-call.js',
    text: '...original,',
    replacement: '...original, residency: [],',
  },
  {
    name: 'attestation',
    without: 'the belief in a provider that says it is elsewhere',
    file: '/libs/routing/dist/route-facts.js',
    text: 'if (facts.contradictedRegion?.(deployment) !== undefined)',
    replacement: 'if (false)',
  },
  {
    name: 'team-rule',
    without: 'the restriction of a team',
    file: '/libs/calls/dist/call-residency.js',
    text: "restrict(residency, caller?.team?.allowedRegions, 'team');",
    replacement: '',
  },
  {
    name: 'every-rule',
    without: 'all restrictions but the first',
    file: '/libs/routing/dist/allowed-region.js',
    text: 'return residency.find(',
    replacement: 'return residency.slice(0, 1).find(',
  },
  {
    name: 'unknown-region',
    without: 'the refusal of a region that nobody knows',
    file: '/libs/routing/dist/allowed-region.js',
    text: 'return residency[0];',
    replacement: 'return undefined;',
  },
  {
    name: 'contradicting-settings',
    without: 'the distrust of settings that contradict each other',
    file: '/libs/providers/dist/regions/infer-region.js',
    text: 'if (regions.length > 0 && agreed === undefined)\n        return undefined;',
    replacement: 'if (regions.length > 0 && agreed === undefined) return regions[0];',
  },
];
