/** Real: LearnedRegions. Fake: a bucket that keeps what is put, and tells it to those who follow it. */
import type { Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { parseRegion } from '@signalbox/providers';
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

describe('a region that was declared or inferred', () => {
  const sweden = aDeployment({ id: 'sweden', upstream: azure, region: parseRegion('swedencentral') });
  const europe = aDeployment({ id: 'europe', upstream: azure, region: parseRegion('eu') });
  const london = aDeployment({ id: 'london', upstream: azure, region: parseRegion('uksouth') });

  it('stands while the provider says the same, or something inside it', () => {
    const learned = learnedFrom('Sweden Central');
    expect([sweden, europe].map(learned.contradictedRegion)).toEqual([undefined, undefined]);
    expect(learnedFrom().contradictedRegion(sweden)).toBeUndefined();
  });

  it('is contradicted for every deployment that the answer does not fit', () => {
    const learned = learnedFrom();
    learned.observe(sweden, { 'x-ms-region': 'East US' });
    expect([sweden, europe, declared].map(learned.contradictedRegion)).toMatchObject([
      { name: 'eastus' },
      { name: 'eastus' },
      undefined,
    ]);
  });

  it('is contradicted for good once the endpoint has answered from several places', () => {
    const learned = learnedFrom('East US', 'Sweden Central', 'Sweden Central');
    expect(learned.contradictedRegion(sweden)).toBeDefined();
  });

  it('counts again once the configuration says where the provider answers from', () => {
    const learned = learnedFrom('East US');
    expect(learned.contradictedRegion(sweden)).toBeDefined();
    const corrected = aDeployment({ id: 'sweden', upstream: azure, region: parseRegion('eastus') });
    expect(learned.contradictedRegion(corrected)).toBeUndefined();
  });

  it('is compared as the house counts Europe', () => {
    const asLitellm = new LearnedRegions(logger, () => 'litellm');
    asLitellm.observe(europe, { 'x-ms-region': 'UK South' });
    expect([europe, london].map(asLitellm.contradictedRegion)).toEqual([undefined, undefined]);
    expect(learnedFrom('UK South').contradictedRegion(europe)).toBeDefined();
  });

  it('is nobody’s word where the provider names none', () => {
    const learned = learnedFrom();
    learned.observe(openai, { 'x-ms-region': 'East US' });
    expect(learned.contradictedRegion(aDeployment({ region: aRegion('eu') }))).toBeUndefined();
  });
});

describe('what one gateway hears', () => {
  it('others know, and what two hear differently becomes several regions for all', async () => {
    const { bucket, stored } = aBucket();
    const [one, other] = [new LearnedRegions(logger), new LearnedRegions(logger)];
    await one.follow({ bucket });
    await other.follow({ bucket });
    one.observe(unknown, { 'x-ms-region': 'Sweden Central' });
    expect(other.regionOf(unknown)).toMatchObject({ country: 'SE' });
    other.observe(unknown, { 'x-ms-region': 'East US' });
    expect([one, other].map((each) => each.regionOf(unknown)?.zone)).toEqual([undefined, undefined]);
    expect([...stored.values()]).toMatchObject([{ header: 'several regions' }]);
  });

  it('is told again with the next answer when it could not be told, and holds here meanwhile', async () => {
    const broken = aBucket();
    const learned = new LearnedRegions(logger);
    await learned.follow({ bucket: broken.bucket });
    broken.fails = true;
    learned.observe(declared, { 'x-ms-region': 'Sweden Central' });
    await Promise.resolve();
    expect(learned.contradictedRegion(declared)).toBeDefined();
    expect(broken.stored.size).toBe(0);
    broken.fails = false;
    await new Promise((resolve) => setImmediate(resolve));
    learned.observe(declared, { 'x-ms-region': 'Sweden Central' });
    expect(broken.stored.size).toBe(1);
  });
});

describe('an endpoint that an operator readmits', () => {
  const sweden = aDeployment({ id: 'sweden', upstream: azure, region: parseRegion('swedencentral') });

  it('is where it says now, for everybody, until it says something else', async () => {
    const { bucket, stored } = aBucket();
    const [one, other, later] = [
      new LearnedRegions(logger),
      new LearnedRegions(logger),
      new LearnedRegions(logger),
    ];
    await one.follow({ bucket });
    await other.follow({ bucket });
    one.observe(sweden, { 'x-ms-region': 'Sweden Central' });
    one.observe(sweden, { 'x-ms-region': 'East US' });
    expect(other.contradictedRegion(sweden)).toBeDefined();
    await other.readmit(sweden, 'Sweden Central');
    await later.follow({ bucket });
    expect([one, other, later].map((each) => each.contradictedRegion(sweden))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    one.observe(sweden, { 'x-ms-region': 'East US' });
    expect([one, other, later].map((each) => each.contradictedRegion(sweden) !== undefined)).toEqual([
      true,
      true,
      true,
    ]);
    expect([...stored.values()]).toMatchObject([{ header: 'several regions' }]);
  });

  it('stays away where it still says the same', async () => {
    const { bucket } = aBucket();
    const learned = new LearnedRegions(logger);
    await learned.follow({ bucket });
    learned.observe(sweden, { 'x-ms-region': 'East US' });
    await learned.readmit(sweden, 'East US');
    expect(learned.contradictedRegion(sweden)).toMatchObject({ name: 'eastus' });
  });

  it('changes nothing where it cannot be told, nor what was heard while the broker was away', async () => {
    const broken = aBucket();
    const learned = new LearnedRegions(logger);
    await learned.follow({ bucket: broken.bucket });
    await learned.readmit(sweden, 'Sweden Central');
    broken.fails = true;
    learned.observe(sweden, { 'x-ms-region': 'East US' });
    await new Promise((resolve) => setImmediate(resolve));
    await expect(learned.readmit(sweden, 'Sweden Central')).rejects.toThrow();
    broken.tellAgain();
    expect(learned.contradictedRegion(sweden)).toBeDefined();
  });
});

function aBucket() {
  const stored = new Map<string, { header: string }>();
  const followers: ((key: string, value: { header: string }) => void)[] = [];
  const fake = {
    stored,
    fails: false,
    /** As after the broker was away. */
    tellAgain: () => {
      for (const [key, value] of stored) for (const tell of followers) tell(key, value);
    },
    bucket: (() =>
      Promise.resolve({
        put(key: string, value: { header: string }) {
          if (fake.fails) return Promise.reject(new Error('away'));
          stored.set(key, value);
          for (const tell of followers) tell(key, value);
          return Promise.resolve();
        },
        watch(handler: (key: string, value: { header: string }) => void) {
          followers.push(handler);
          for (const [key, value] of stored) handler(key, value);
          return { initialValues: Promise.resolve(), stop: () => Promise.resolve() };
        },
      })) as unknown as Bus['bucket'],
  };
  return fake;
}
