import type { Dice } from '../chaos/dice.js';

/**
 * How a deployment says where it is, and what that makes known by our own table: written by hand from the providers'
 * pages, and shared with no production code.
 */
export interface Siting {
  /** What stands in `litellm_params`. */
  readonly params: Readonly<Record<string, string>>;
  /** Of the address; absent: one that says nothing. */
  readonly host?: string;
  /** Words of a policy that the place answers to; none: nobody knows where it is. */
  readonly words: readonly string[];
  /** What the provider answers as `x-ms-region`, request by request, the last one for all others. */
  readonly answers?: readonly string[];
  /** Which of the answers, from 0, takes the words away; absent: none. */
  readonly withdrawnBy?: number;
  /** Its words hold only once the provider has been heard, or no longer then. */
  readonly isUncertain?: boolean;
}

const sweden = ['swedencentral', 'se', 'eu'];

const declared = (regionName: string, ...words: string[]): Siting => ({
  params: { region_name: regionName },
  words,
});
const setting = (name: string, value: string, ...words: string[]): Siting => ({
  params: { [name]: value },
  words,
});
const host = (name: string, ...words: string[]): Siting => ({ params: {}, host: name, words });
const azure = { model: 'azure/m', api_version: '2024-10-21' };

export const sitings: readonly Siting[] = [
  declared('swedencentral', ...sweden),
  declared('Germany West Central', 'germanywestcentral', 'de', 'eu'),
  declared('FR', 'fr', 'eu'),
  declared('eu', 'eu'),
  declared('us', 'us'),
  declared('eastus', 'eastus', 'us'),
  declared('uksouth', 'uksouth', 'gb', 'uk'),
  declared('uk', 'uk', 'gb'),
  declared('switzerlandnorth', 'switzerlandnorth', 'ch'),
  declared('japaneast', 'japaneast', 'jp', 'ap'),
  declared('norwayeast', 'norwayeast', 'no'),
  setting('aws_region_name', 'eu-central-1', 'eu-central-1', 'de', 'eu'),
  setting('aws_region_name', 'eu-west-2', 'eu-west-2', 'gb', 'uk'),
  setting('aws_region_name', 'us-west-2', 'us-west-2', 'us'),
  setting('aws_region_name', 'ap-northeast-1', 'ap-northeast-1', 'jp', 'ap'),
  setting('vertex_location', 'europe-west4', 'europe-west4', 'nl', 'eu'),
  setting('vertex_location', 'us-central1', 'us-central1', 'us'),
  setting('vertex_location', 'eu', 'eu'),
  setting('vertex_location', 'global'),
  // A profile answers from anywhere in its zone, whatever region it is called in.
  { params: { model: 'openai/eu.meta.m', aws_region_name: 'eu-central-1' }, words: ['eu'] },
  { params: { model: 'openai/global.meta.m', aws_region_name: 'eu-central-1' }, words: [] },
  // Called outside its zone it may answer there too.
  { params: { model: 'openai/eu.meta.m', aws_region_name: 'us-west-2' }, words: [] },
  host('eu.api.openai.com', 'eu'),
  host('us.api.openai.com', 'us'),
  host('jp.api.openai.com', 'jp', 'ap'),
  host('api.eu.mistral.ai', 'eu'),
  host('eu.openrouter.ai', 'eu'),
  host('bedrock-runtime.eu-west-1.amazonaws.com', 'eu-west-1', 'ie', 'eu'),
  host('europe-west4-aiplatform.googleapis.com', 'europe-west4', 'nl', 'eu'),
  host('aiplatform.googleapis.com'),
  host('api.openai.com'),
  host('eu-west-1.somebody.example'),
  // Address and setting contradict each other.
  { params: { aws_region_name: 'us-west-2' }, host: 'eu.api.openai.com', words: [] },
  { params: {}, words: [] },
  // The owner of a resource chose its name, and nobody has heard from it.
  { params: azure, host: 'my-europe-eu.openai.azure.com', words: [] },
  { params: azure, words: sweden, answers: ['Sweden Central'], isUncertain: true },
  { params: { ...azure, region_name: 'swedencentral' }, words: sweden, answers: ['Sweden Central'] },
  {
    params: { ...azure, region_name: 'us' },
    words: ['us'],
    answers: ['Sweden Central'],
    withdrawnBy: 0,
    isUncertain: true,
  },
  {
    params: { ...azure, region_name: 'eu' },
    words: ['eu'],
    answers: ['Sweden Central', 'France Central', 'East US'],
    withdrawnBy: 2,
    isUncertain: true,
  },
];

/** What policies say, as customers spell it. */
const policyWords = [
  ...['eu', 'eu', 'eu', 'us', 'us', 'uk', 'ch', 'ap', 'EU', 'SE', 'DE', 'FR', 'GB', 'JP', 'NL', 'US', 'no'],
  ...['swedencentral', 'Sweden Central', 'eu-central-1', 'europe-west4', 'eastus'],
];

/** One restriction, as the management API takes it: a word, or a list of which one must match. */
export function drawPolicy(dice: Dice): string[] {
  const size = dice.isLucky(0.5) ? 1 : dice.between(2, 5);
  return Array.from({ length: size }, () => dice.oneOf(policyWords));
}

/** Whether a place answers to one of the words. */
export function answersTo(words: ReadonlySet<string>, policy: readonly string[]): boolean {
  return policy.some((word) => words.has(word.toLowerCase().replaceAll(' ', '')));
}

/** The words of a siting, as the house sees Europe: LiteLLM counts Britain and Switzerland in. */
export function wordsOf({ words }: Siting, compat: 'strict' | 'litellm'): ReadonlySet<string> {
  const isAlsoEu = compat === 'litellm' && (words.includes('uk') || words.includes('ch'));
  return new Set(isAlsoEu ? [...words, 'eu'] : words);
}
