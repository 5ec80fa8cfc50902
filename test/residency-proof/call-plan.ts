import type { Dice } from '../chaos/dice.js';
import { drawPolicy } from './places.js';
import { alias, deploymentIds, groups } from './world.js';

/** How a provider treats one attempt. */
export type Fate =
  | 'answers'
  | 'fails'
  | 'is full'
  | 'hangs up'
  | 'is late'
  | 'breaks off'
  | 'babbles'
  | 'finds it too long'
  | 'finds it improper';

const troubles: readonly Fate[] = [
  ...(['fails', 'fails', 'is full', 'hangs up', 'is late', 'breaks off', 'babbles'] as const),
  ...(['finds it too long', 'finds it improper'] as const),
];

/** What has a JSON body; the first ones are called most. */
export const jsonEndpoints = [
  ...(['chat/completions', 'chat/completions', 'chat/completions', 'completions', 'embeddings'] as const),
  ...(['responses', 'moderations', 'images/generations'] as const),
] as const;
const soundEndpoints = ['audio/speech', 'audio/transcriptions'] as const;
const notServed = ['rerank', 'images/variations'] as const;

export type Endpoint =
  (typeof jsonEndpoints)[number] | (typeof soundEndpoints)[number] | (typeof notServed)[number];

/** Some of OpenAI's that nobody serves, too. */
export const allEndpoints: readonly Endpoint[] = [
  ...[...jsonEndpoints, ...jsonEndpoints, ...soundEndpoints, ...jsonEndpoints],
  ...notServed,
];

/** Where OpenAI's, Azure's and older clients call. */
const routes = ['v1/', '', 'engines/', 'openai/deployments/'] as const;

function routesOf(endpoint: Endpoint): readonly CallPlan['route'][] {
  if (['chat/completions', 'completions', 'embeddings'].includes(endpoint)) return routes;
  return endpoint === 'rerank' || endpoint === 'images/variations' ? ['v1/'] : ['v1/', ''];
}

/** One call: who makes it for whom, what it asks for, and what becomes of its attempts. */
export interface CallPlan {
  readonly number: number;
  readonly endpoint: Endpoint;
  readonly route: (typeof routes)[number];
  /** Where it asks for what nobody serves. */
  readonly isServed: boolean;
  readonly isStreamed: boolean;
  readonly model: string;
  /** Which of the keys makes it. */
  readonly key: number;
  /** Which of the end users it is for. */
  readonly endUser: number | undefined;
  /** How the end user is named. */
  readonly spelling: Spelling;
  /** A restriction of its own, and Anthropic's word for one. */
  readonly wish: readonly string[] | undefined;
  readonly inferenceGeo: 'us' | undefined;
  /** What else stands in its body. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly mayFallBack: boolean;
  /** By attempt; all others are answered. */
  readonly fates: readonly Fate[];
}

const spellings = [
  'user',
  'x-litellm-customer-id',
  'x-litellm-end-user-id',
  'litellm_metadata',
  'metadata',
  'safety_identifier',
] as const;
type Spelling = (typeof spellings)[number];

/** What clients try that would lead elsewhere if it were believed. */
const temptations: readonly Readonly<Record<string, unknown>>[] = [
  { api_base: 'http://127.0.0.1:9/elsewhere', base_url: 'http://127.0.0.1:9/elsewhere' },
  { region_name: 'us', aws_region_name: 'us-east-1', vertex_location: 'us-central1' },
  { inference_geo: 'global' },
  { allowed_model_region: null },
  { extra_body: { region_name: 'us' }, custom_llm_provider: 'azure' },
];

export interface Callers {
  readonly keys: number;
  readonly endUsers: number;
}

export function drawCall(
  number: number,
  callers: Callers,
  dice: Dice,
  endpoints: readonly Endpoint[] = jsonEndpoints,
): CallPlan {
  const endpoint = dice.oneOf(endpoints);
  const isForm = endpoint === 'audio/transcriptions';
  const isTroubled = dice.isLucky(0.35);
  const mayFallBack = isForm || !dice.isLucky(0.1);
  return {
    number,
    endpoint,
    isServed: endpoint !== 'rerank' && endpoint !== 'images/variations',
    route: dice.oneOf(routesOf(endpoint)),
    isStreamed: (endpoint.endsWith('completions') || endpoint === 'responses') && dice.isLucky(0.4),
    model: dice.isLucky(0.75) ? dice.oneOf(groups) : dice.oneOf([alias, ...deploymentIds]),
    key: dice.between(0, callers.keys - 1),
    endUser: dice.isLucky(0.75) ? dice.between(0, callers.endUsers - 1) : undefined,
    spelling: dice.oneOf(spellings),
    wish: dice.isLucky(0.1) ? drawPolicy(dice).slice(0, isForm ? 1 : undefined) : undefined,
    inferenceGeo: dice.isLucky(0.03) ? 'us' : undefined,
    more: isForm
      ? {}
      : {
          ...(dice.isLucky(0.1) && dice.oneOf(temptations)),
          ...(!mayFallBack && { disable_fallbacks: true }),
          ...(mayFallBack && dice.isLucky(0.25) && { fallbacks: drawFallbacks(dice) }),
        },
    mayFallBack,
    fates: isTroubled ? Array.from({ length: dice.between(1, 4) }, () => dice.oneOf(troubles)) : [],
  };
}

/** By name, and with a prompt of their own, which makes another body. */
function drawFallbacks(dice: Dice): unknown[] {
  return Array.from({ length: dice.between(1, 3) }, () => {
    const model = dice.oneOf([...groups, ...deploymentIds]);
    return dice.isLucky(0.3) ? { model, temperature: 0.5 } : model;
  });
}

/** What stands in everything that is sent for a call: by this a recorder knows whose bytes it got. */
export function markOf(number: number): string {
  return `<call ${number}>`;
}

const mark = /<call (\d+)>/g;

/** Of which calls a text holds something. */
export function callsIn(text: string): number[] {
  return [...new Set(Array.from(text.matchAll(mark), ([, number]) => Number(number)))];
}

/** The path of a call. */
export function pathOf({ route, endpoint, model }: CallPlan): string {
  const isInPath = route === 'engines/' || route === 'openai/deployments/';
  return `/${route}${isInPath ? `${model}/` : ''}${endpoint}`;
}

/** The body and the headers of a call. */
export function requestOf(
  plan: CallPlan,
  endUserId: string | undefined,
): { body: object; headers: Record<string, string> } {
  const { endpoint, isStreamed, model, spelling, wish, inferenceGeo, more, number, fates } = plan;
  const text = `Hello there ${markOf(number)}`;
  const isHeader = spelling.startsWith('x-');
  return {
    body: {
      model,
      ...inputOf(endpoint, text),
      ...(isStreamed && { stream: true }),
      ...more,
      ...(wish !== undefined && {
        allowed_model_region: endpoint === 'audio/transcriptions' ? wish[0] : wish,
      }),
      ...(inferenceGeo !== undefined && { inference_geo: inferenceGeo }),
      ...(endUserId !== undefined && !isHeader && namingFields(spelling, endUserId)),
    },
    headers: {
      ...(endUserId !== undefined && isHeader && { [spelling]: endUserId }),
      ...(fates.includes('is late') && { 'x-litellm-timeout': '0.4', 'x-litellm-stream-timeout': '0.4' }),
    },
  };
}

function inputOf(endpoint: Endpoint, text: string): object {
  if (endpoint === 'chat/completions') return { messages: [{ role: 'user', content: text }] };
  if (endpoint === 'audio/speech') return { input: text, voice: 'alloy' };
  const isPrompt =
    endpoint === 'completions' || endpoint.startsWith('images') || endpoint === 'audio/transcriptions';
  return isPrompt ? { prompt: text } : { input: text };
}

function namingFields(spelling: Spelling, endUserId: string): object {
  if (spelling === 'litellm_metadata') return { litellm_metadata: { user: endUserId } };
  if (spelling === 'metadata') return { metadata: { user_id: endUserId } };
  return { [spelling]: endUserId };
}
