/**
 * Google Cloud regions and the country each stands in. The multi-regions `eu` and `us` of Vertex AI are
 * zone names; `global` is nowhere in particular and therefore not listed.
 * Source: Google Cloud "Regions and zones" and "Vertex AI locations", as of 2026-11-21.
 */
export const googleRegions: Readonly<Record<string, string>> = {
  // Europe
  'europe-central2': 'PL',
  'europe-north1': 'FI',
  'europe-north2': 'SE',
  'europe-southwest1': 'ES',
  'europe-west1': 'BE',
  'europe-west10': 'DE',
  'europe-west12': 'IT',
  'europe-west2': 'GB',
  'europe-west3': 'DE',
  'europe-west4': 'NL',
  'europe-west6': 'CH',
  'europe-west8': 'IT',
  'europe-west9': 'FR',
  // Americas
  'northamerica-northeast1': 'CA',
  'northamerica-northeast2': 'CA',
  'northamerica-south1': 'MX',
  'southamerica-east1': 'BR',
  'southamerica-west1': 'CL',
  'us-central1': 'US',
  'us-east1': 'US',
  'us-east4': 'US',
  'us-east5': 'US',
  'us-south1': 'US',
  'us-west1': 'US',
  'us-west2': 'US',
  'us-west3': 'US',
  'us-west4': 'US',
  // Asia and the Pacific
  'asia-east1': 'TW',
  'asia-east2': 'HK',
  'asia-northeast1': 'JP',
  'asia-northeast2': 'JP',
  'asia-northeast3': 'KR',
  'asia-south1': 'IN',
  'asia-south2': 'IN',
  'asia-southeast1': 'SG',
  'asia-southeast2': 'ID',
  'asia-southeast3': 'TH',
  'australia-southeast1': 'AU',
  'australia-southeast2': 'AU',
  // Middle East and Africa
  'africa-south1': 'ZA',
  'me-central1': 'QA',
  'me-central2': 'SA',
  'me-west1': 'IL',
};
