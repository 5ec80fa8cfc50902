import type { Region } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from '../testing-builders.js';
import { region } from './region.js';

function factsWith(learned?: Region) {
  return { learnedRegion: () => learned, rules: aCatalog([]) };
}
const onlyEu = aRouteRequest({ residency: [{ allowed: ['eu'], from: 'end_user' }] });

describe('region', () => {
  it('lets a deployment in the allowed region pass', () => {
    expect(region(aDeployment({ region: aRegion('eu') }), onlyEu, factsWith())).toBeUndefined();
  });

  it('refuses one outside and says who demands what', () => {
    expect(region(aDeployment({ region: aRegion('us') }), onlyEu, factsWith())).toEqual({
      code: 'region_outside',
      detail: 'region us is outside eu (end_user)',
    });
  });

  it('refuses one whose region nobody knows', () => {
    expect(region(aDeployment(), onlyEu, factsWith())?.code).toBe('region_unknown');
  });

  it('takes a learned region where none is declared', () => {
    expect(region(aDeployment(), onlyEu, factsWith(aRegion('eu')))).toBeUndefined();
    expect(region(aDeployment(), onlyEu, factsWith(aRegion('us')))?.code).toBe('region_outside');
  });

  it('believes the declared region before the learned one', () => {
    const declared = aDeployment({ region: aRegion('us'), regionSource: 'declared' });
    expect(region(declared, onlyEu, factsWith(aRegion('eu')))?.code).toBe('region_outside');
  });

  it('believes nobody where the provider answers from elsewhere than was declared', () => {
    const declared = aDeployment({ region: aRegion('eu'), regionSource: 'declared' });
    const facts = { ...factsWith(), contradictedRegion: () => aRegion('us', { name: 'eastus' }) };
    expect(region(declared, onlyEu, facts)).toEqual({
      code: 'region_unknown',
      detail: 'its provider answered from eastus, not from where it should be, so it is not in eu (end_user)',
    });
    const onlyUs = aRouteRequest({ residency: [{ allowed: ['us'], from: 'end_user' }] });
    expect(region(declared, onlyUs, facts)?.code).toBe('region_unknown');
    expect(region(declared, aRouteRequest(), facts)).toBeUndefined();
  });

  it('demands that every restriction holds', () => {
    const both = aRouteRequest({
      residency: [
        { allowed: ['eu'], from: 'team' },
        { allowed: ['SE', 'FI'], from: 'end_user' },
      ],
    });
    const inSweden = aDeployment({ region: aRegion('eu', { country: 'SE' }) });
    const inFrance = aDeployment({ region: aRegion('eu', { country: 'FR' }) });
    expect(region(inSweden, both, factsWith())).toBeUndefined();
    expect(region(inFrance, both, factsWith())?.detail).toBe('region eu is outside SE or FI (end_user)');
  });

  it('restricts embeddings and completions as it does chats', () => {
    for (const mode of ['embedding', 'completion'] as const) {
      const verdict = region(aDeployment({ region: aRegion('us') }), { ...onlyEu, mode }, factsWith());
      expect(verdict?.code).toBe('region_outside');
    }
  });

  it('has nothing to say when nobody demands a region', () => {
    expect(region(aDeployment(), aRouteRequest(), factsWith())).toBeUndefined();
  });
});
