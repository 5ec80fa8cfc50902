import type { Region } from '@signalbox/contracts';
import { awsRegions } from './aws-regions.js';
import { azureRegions } from './azure-regions.js';
import { countryNames, isoCountries } from './countries.js';
import { googleRegions } from './google-regions.js';
import { ibmRegions } from './ibm-regions.js';
import { zoneAliases, zoneCountries, zoneOfCountry } from './zones.js';

/**
 * Understands a region as an operator, an end user's record or a provider's answer spells it: a zone
 * (`eu`, `apac`), an ISO country in either case, a country's English name, a provider's region id
 * (`swedencentral`, `eu-west-1`, `europe-west4`, `eu-de`) or an Azure display name (`Sweden Central`).
 * Unknown text becomes a region that has a name only, and so lies in no zone. Never throws.
 */
export function parseRegion(text: string): Region {
  const written = text.trim();
  const name = written.toLowerCase();
  return (
    zoneRegion(name) ??
    namedRegion(name) ??
    countryRegion(name) ??
    zoneRegion(name.replaceAll(/[\s_]+/g, '-')) ?? { name: written }
  );
}

/** A region id of any provider, or an Azure display name; input in lower case. */
export function namedRegion(name: string): Region | undefined {
  const country = own(awsRegions, name) ?? own(googleRegions, name) ?? own(ibmRegions, name);
  return country === undefined ? azureRegion(name) : inCountry(name, country);
}

/** An Azure region by id or by display name; input in lower case. */
export function azureRegion(name: string): Region | undefined {
  const id = name.replaceAll(/[\s_()-]+/g, '');
  const country = own(azureRegions, id);
  return country === undefined ? undefined : inCountry(id, country);
}

/** A zone by name or alias; input in lower case. */
export function zoneRegion(name: string): Region | undefined {
  const zone = own(zoneAliases, name) ?? name;
  const countries = own(zoneCountries, zone);
  if (countries === undefined) return undefined;
  const only = countries.length === 1 ? countries[0] : undefined;
  return only === undefined ? { name: zone, zone } : { name: zone, zone, country: only };
}

/** An ISO code or an English country name; input in lower case. */
export function countryRegion(name: string): Region | undefined {
  const code = name.toUpperCase();
  const country = isoCountries.has(code) ? code : own(countryNames, name);
  return country === undefined ? undefined : inCountry(country.toLowerCase(), country);
}

function inCountry(name: string, country: string): Region {
  const zone = zoneOfCountry(country);
  return zone === undefined ? { name, country } : { name, zone, country };
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
