/**
 * IBM Cloud and watsonx.ai regions and the country each stands in.
 * Source: IBM Cloud "Region and data center locations" and watsonx.ai "Regional availability", as of 2026-11-21.
 */
export const ibmRegions: Readonly<Record<string, string>> = {
  'au-syd': 'AU',
  'br-sao': 'BR',
  'ca-mon': 'CA',
  'ca-tor': 'CA',
  'eu-de': 'DE',
  'eu-es': 'ES',
  'eu-fr2': 'FR',
  'eu-gb': 'GB',
  'in-che': 'IN',
  'jp-osa': 'JP',
  'jp-tok': 'JP',
  'us-east': 'US',
  'us-south': 'US',
};
