/**
 * Zones: the coarse names customers are restricted to, and the countries in each.
 *
 * `eu` is the European Union of 27 members and nothing else: the United Kingdom (`uk`), Switzerland (`ch`)
 * and Norway (`no`) are zones of their own. A zone that is also an ISO code means that very country, so no
 * zone is called `sa`, `me` or `af`. Hong Kong and Taiwan count as `ap`, mainland China as `cn`.
 * Source: European Union "EU countries"; the rest are continents as the cloud providers group them. 2026-11-21.
 */
export const zoneCountries: Readonly<Record<string, readonly string[]>> = {
  eu: words('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'),
  uk: ['GB'],
  ch: ['CH'],
  no: ['NO'],
  us: ['US'],
  ca: ['CA'],
  cn: ['CN'],
  ap: words('AU BD BN HK ID IN JP KH KR LA LK MM MN MO MY NP NZ PH PK SG TH TW VN'),
  latam: words('AR BO BR CL CO CR DO EC GT HN MX NI PA PE PY SV UY VE'),
  mideast: words('AE BH IL JO KW LB OM QA SA TR'),
  africa: words('AO BW CI CM DZ EG ET GH KE MA MU NA NG RW SN TN TZ UG ZA ZM ZW'),
};

/** Other spellings of a zone that operators write. */
export const zoneAliases: Readonly<Record<string, string>> = {
  apac: 'ap',
  asia: 'ap',
  'asia-pacific': 'ap',
  europe: 'eu',
  'european-union': 'eu',
  gb: 'uk',
  usa: 'us',
  'united-states': 'us',
  'united-kingdom': 'uk',
};

const zoneByCountry = new Map(
  Object.entries(zoneCountries).flatMap(([zone, countries]) =>
    countries.map((country): [string, string] => [country, zone]),
  ),
);

/** Zone of an ISO country in upper case, if it lies in one we know. */
export function zoneOfCountry(country: string): string | undefined {
  return zoneByCountry.get(country);
}

function words(text: string): string[] {
  return text.split(' ');
}
