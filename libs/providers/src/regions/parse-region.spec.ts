import { describe, expect, it } from 'vitest';
import { awsRegions } from './aws-regions.js';
import { azureRegions } from './azure-regions.js';
import { countryNames, isoCountries } from './countries.js';
import { googleRegions } from './google-regions.js';
import { ibmRegions } from './ibm-regions.js';
import { parseRegion } from './parse-region.js';
import { zoneCountries } from './zones.js';

describe('parseRegion', () => {
  it.each([
    ['eu', { name: 'eu', zone: 'eu' }],
    ['EU', { name: 'eu', zone: 'eu' }],
    ['europe', { name: 'eu', zone: 'eu' }],
    ['us', { name: 'us', zone: 'us', country: 'US' }],
    ['apac', { name: 'ap', zone: 'ap' }],
    ['Asia Pacific', { name: 'ap', zone: 'ap' }],
    ['uk', { name: 'uk', zone: 'uk', country: 'GB' }],
    ['GB', { name: 'uk', zone: 'uk', country: 'GB' }],
    ['ch', { name: 'ch', zone: 'ch', country: 'CH' }],
    ['United States', { name: 'us', zone: 'us', country: 'US' }],
  ])('reads the zone %s', (text, region) => {
    expect(parseRegion(text)).toEqual(region);
  });

  it.each([
    ['SE', { name: 'se', zone: 'eu', country: 'SE' }],
    ['de', { name: 'de', zone: 'eu', country: 'DE' }],
    ['Germany', { name: 'de', zone: 'eu', country: 'DE' }],
    ['jp', { name: 'jp', zone: 'ap', country: 'JP' }],
    ['BA', { name: 'ba', country: 'BA' }],
  ])('reads the country %s', (text, region) => {
    expect(parseRegion(text)).toEqual(region);
  });

  it.each([
    ['swedencentral', { name: 'swedencentral', zone: 'eu', country: 'SE' }],
    ['Sweden Central', { name: 'swedencentral', zone: 'eu', country: 'SE' }],
    [' West US 3 ', { name: 'westus3', zone: 'us', country: 'US' }],
    ['UK South', { name: 'uksouth', zone: 'uk', country: 'GB' }],
    ['Switzerland North', { name: 'switzerlandnorth', zone: 'ch', country: 'CH' }],
    ['norwayeast', { name: 'norwayeast', zone: 'no', country: 'NO' }],
    ['eu-west-1', { name: 'eu-west-1', zone: 'eu', country: 'IE' }],
    ['eu-west-2', { name: 'eu-west-2', zone: 'uk', country: 'GB' }],
    ['eu-central-2', { name: 'eu-central-2', zone: 'ch', country: 'CH' }],
    ['europe-west4', { name: 'europe-west4', zone: 'eu', country: 'NL' }],
    ['europe-west2', { name: 'europe-west2', zone: 'uk', country: 'GB' }],
    ['europe-west6', { name: 'europe-west6', zone: 'ch', country: 'CH' }],
    ['eu-gb', { name: 'eu-gb', zone: 'uk', country: 'GB' }],
    ['eu-de', { name: 'eu-de', zone: 'eu', country: 'DE' }],
    ['us-gov-west-1', { name: 'us-gov-west-1', zone: 'us', country: 'US' }],
  ])('reads the provider region %s', (text, region) => {
    expect(parseRegion(text)).toEqual(region);
  });

  it('keeps Amazon and Google apart where only a hyphen does', () => {
    expect(parseRegion('me-central-1').country).toBe('AE');
    expect(parseRegion('me-central1').country).toBe('QA');
  });

  it.each(['', 'my-datacentre', 'eu west somewhere', 'constructor', '__proto__', 'global', 'eu-west-99'])(
    'gives the unknown text "%s" a name and no place',
    (text) => {
      expect(parseRegion(text)).toEqual({ name: text });
    },
  );
});

describe('the tables of regions', () => {
  it('name only ISO countries', () => {
    const named = [azureRegions, awsRegions, googleRegions, ibmRegions, countryNames].flatMap((table) =>
      Object.values(table),
    );
    expect(
      [...named, ...Object.values(zoneCountries).flat()].filter((code) => !isoCountries.has(code)),
    ).toEqual([]);
  });

  it('put every provider region into a zone', () => {
    const ids = [azureRegions, awsRegions, googleRegions, ibmRegions].flatMap((table) => Object.keys(table));
    expect(ids.filter((id) => parseRegion(id).zone === undefined)).toEqual([]);
  });

  it('count 27 members of the European Union, and no country in two zones', () => {
    expect(zoneCountries['eu']).toHaveLength(27);
    const countries = Object.values(zoneCountries).flat();
    expect(new Set(countries).size).toBe(countries.length);
  });

  it('call a zone like an ISO country only where it is that country', () => {
    const alike = Object.entries(zoneCountries).filter(([zone]) => isoCountries.has(zone.toUpperCase()));
    expect(alike.filter(([zone, countries]) => countries.join() !== zone.toUpperCase())).toEqual([]);
  });

  it('know all 249 ISO countries', () => {
    expect(isoCountries.size).toBe(249);
  });
});
