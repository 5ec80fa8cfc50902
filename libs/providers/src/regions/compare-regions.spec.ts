import { describe, expect, it } from 'vitest';
import { agreedRegion, regionsContradict } from './compare-regions.js';
import { parseRegion } from './parse-region.js';

describe('regionsContradict', () => {
  it.each([
    ['eu', 'us', true],
    ['eu', 'swedencentral', false],
    ['se', 'swedencentral', false],
    ['se', 'eu', false],
    ['se', 'de', true],
    ['westeurope', 'northeurope', true],
    ['swedencentral', 'swedensouth', true],
    ['eu', 'uksouth', true],
    ['eu', 'ch', true],
    ['us', 'eastus', false],
    ['Sweden Central', 'swedencentral', false],
    ['my-datacentre', 'eu', false],
    ['my-datacentre', 'other-datacentre', false],
  ])('%s and %s: %s', (one, other, contradicts) => {
    expect(regionsContradict(parseRegion(one), parseRegion(other))).toBe(contradicts);
    expect(regionsContradict(parseRegion(other), parseRegion(one))).toBe(contradicts);
  });
});

describe('Europe as LiteLLM counts it', () => {
  it.each([
    ['eu', 'uksouth', false],
    ['eu', 'ch', false],
    ['swedencentral', 'uksouth', true],
    ['eu', 'eastus', true],
  ])('%s and %s: %s', (one, other, contradicts) => {
    expect(regionsContradict(parseRegion(one), parseRegion(other), 'litellm')).toBe(contradicts);
  });
});

describe('agreedRegion', () => {
  it('is the most exact of statements that agree', () => {
    expect(agreedRegion(['eu', 'swedencentral', 'se'].map(parseRegion))?.name).toBe('swedencentral');
  });

  it('is nothing when there is no statement, or two contradict', () => {
    expect(agreedRegion([])).toBeUndefined();
    expect(agreedRegion(['swedencentral', 'eu', 'de'].map(parseRegion))).toBeUndefined();
  });
});
