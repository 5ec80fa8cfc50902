/** Real: LearnedRegions. Fake: a bucket that keeps what is put. */
import { createLogger } from '@signalbox/platform';
import { aDeployment, aRegion } from '@signalbox/routing/testing';
import { describe, expect, it } from 'vitest';
import { LearnedRegions } from './learned-regions.js';

const logger = createLogger({ service: 'spec', level: 'silent' });
const azure = { provider: 'azure', apiBase: 'https://contoso.openai.azure.com' };
const unknown = aDeployment({ id: 'unknown', upstream: azure });
const sibling = aDeployment({ id: 'sibling', upstream: azure });
const declared = aDeployment({ id: 'declared', upstream: azure, region: aRegion('us') });
const openai = aDeployment({ id: 'openai' });

function learnedFrom(...headers: string[]): LearnedRegions {
  const learned = new LearnedRegions(logger);
  for (const header of headers) learned.observe(unknown, { 'x-ms-region': header });
  return learned;
}

describe('LearnedRegions', () => {
  it('believes what Azure says, for every deployment of the endpoint', () => {
    expect(learnedFrom('Sweden Central').regionOf(sibling)).toMatchObject({ zone: 'eu', country: 'SE' });
  });

  it('asks only where nobody else knows', () => {
    expect(learnedFrom().unknown([unknown, declared, openai])).toEqual([unknown]);
    expect(learnedFrom('Sweden Central').unknown([unknown, declared, openai])).toEqual([]);
  });

  it('overrules nothing that was declared', () => {
    const learned = learnedFrom();
    learned.observe(declared, { 'x-ms-region': 'Sweden Central' });
    expect(learned.regionOf(declared)).toBeUndefined();
  });

  it('does not take a deployment for what stood under its id before', () => {
    const moved = aDeployment({
      id: 'unknown',
      upstream: { ...azure, apiBase: 'https://us.openai.azure.com' },
    });
    expect(learnedFrom('Sweden Central').regionOf(moved)).toBeUndefined();
  });

  it('counts an endpoint that answers from several places as lying nowhere, for good', () => {
    expect(learnedFrom('Sweden Central', 'East US').regionOf(unknown)?.zone).toBeUndefined();
    expect(
      learnedFrom('Sweden Central', 'East US', 'Sweden Central').regionOf(unknown)?.zone,
    ).toBeUndefined();
  });
});
