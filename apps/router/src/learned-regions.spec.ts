import { endpointKey } from '@signalbox/providers';
import { aDeployment, aRegion } from '@signalbox/routing/testing';
import { describe, expect, it } from 'vitest';
import { LearnedRegions } from './learned-regions.js';

const upstream = { provider: 'azure', apiBase: 'https://contoso.openai.azure.com' };
const azure = aDeployment({ id: 'azure', upstream });
const declared = aDeployment({ id: 'declared', upstream, region: aRegion('us') });
const openai = aDeployment({ id: 'openai', upstream: { ...upstream, provider: 'openai' } });

describe('learned regions', () => {
  it('know nothing before anybody told them', () => {
    expect(new LearnedRegions([azure]).regionOf(azure)).toBeUndefined();
  });

  it('fill the gap of Azure deployments at that endpoint, and of no others', () => {
    const regions = new LearnedRegions([azure, declared, openai]);
    regions.hear(endpointKey(azure.upstream), 'Sweden Central');
    expect(regions.regionOf(azure)).toMatchObject({ name: 'swedencentral', zone: 'eu', country: 'SE' });
    expect(regions.regionOf(declared)).toBeUndefined();
    expect(regions.regionOf(openai)).toBeUndefined();
  });

  it('believe the latest word', () => {
    const regions = new LearnedRegions([azure]);
    regions.hear(endpointKey(azure.upstream), 'Sweden Central');
    regions.hear(endpointKey(azure.upstream), 'several regions');
    expect(regions.regionOf(azure)?.zone).toBeUndefined();
  });
});
