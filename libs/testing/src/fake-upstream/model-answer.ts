import type { Behaviour } from './behaviour.js';
import { promptTexts, wordsOf, type ModelRequest } from './model-request.js';

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: Readonly<Record<string, number>>;
  completion_tokens_details?: Readonly<Record<string, number>>;
}

/** What the pretended model says to a request, before it is put into a body or a stream. */
export interface Speech {
  id: string;
  model: string;
  /** Seconds since 1970. */
  created: number;
  words: string[];
  finishReason: 'stop' | 'length';
  choices: number;
  /** What it used. */
  used: Usage;
  /** What it reports of that. */
  usage: Usage | undefined;
}

export interface Occasion {
  site: string;
  requestNumber: number;
  created: number;
  deployment: string | undefined;
  behaviour: Behaviour;
}

/** Makes the answer: a greeting that names the site and repeats the caller, cut at the caller's token limit. */
export function speak(request: ModelRequest, occasion: Occasion): Speech {
  const { site, behaviour, requestNumber, created, deployment } = occasion;
  const said = lastWords(request);
  const all = wordsOf(behaviour.content ?? `Hello from ${site}: you said "${said}"`);
  const limit = request.max_completion_tokens ?? request.max_output_tokens ?? request.max_tokens ?? Infinity;
  const words = all.slice(0, Math.max(1, limit));
  const choices = Math.max(1, request.n ?? 1);
  const used = usageOf(request, words.length * choices, behaviour);
  return {
    id: `fake-${site}-${requestNumber}`,
    model: modelOf(request, deployment),
    created,
    words,
    finishReason: words.length < all.length ? 'length' : 'stop',
    choices,
    used,
    usage: behaviour.usage === false ? undefined : used,
  };
}

export function modelOf(request: ModelRequest, deployment: string | undefined): string {
  return request.model ?? deployment ?? 'fake-model';
}

/** One token per word: simple to foresee in a test. */
export function usageOf(request: ModelRequest, said: number, { tokens }: Behaviour): Usage {
  const prompt = tokens?.prompt ?? promptTexts(request).reduce((sum, text) => sum + wordsOf(text).length, 0);
  const completion = tokens?.completion ?? said;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(tokens?.ofPrompt !== undefined && { prompt_tokens_details: tokens.ofPrompt }),
    ...(tokens?.ofCompletion !== undefined && { completion_tokens_details: tokens.ofCompletion }),
  };
}

export function chatBody(speech: Speech) {
  return {
    id: `chatcmpl-${speech.id}`,
    object: 'chat.completion',
    created: speech.created,
    model: speech.model,
    choices: eachChoice(speech, (index) => ({
      index,
      message: { role: 'assistant', content: speech.words.join(''), refusal: null },
      logprobs: null,
      finish_reason: speech.finishReason,
    })),
    ...(speech.usage === undefined ? {} : { usage: detailed(speech.usage) }),
    system_fingerprint: 'fp_fake',
  };
}

export function completionBody(speech: Speech) {
  return {
    id: `cmpl-${speech.id}`,
    object: 'text_completion',
    created: speech.created,
    model: speech.model,
    choices: eachChoice(speech, (index) => ({
      text: speech.words.join(''),
      index,
      logprobs: null,
      finish_reason: speech.finishReason,
    })),
    ...(speech.usage === undefined ? {} : { usage: speech.usage }),
  };
}

export function embeddingBody(request: ModelRequest, { deployment }: Occasion, usage: Usage | undefined) {
  const inputs = Array.isArray(request.input) ? request.input : [request.input ?? ''];
  return {
    object: 'list',
    data: inputs.map((input, index) => {
      const vector = vectorOf(JSON.stringify(input), request.dimensions ?? 8);
      const embedding = request.encoding_format === 'base64' ? base64Of(vector) : vector;
      return { object: 'embedding', index, embedding };
    }),
    model: modelOf(request, deployment),
    ...(usage === undefined
      ? {}
      : { usage: { prompt_tokens: usage.prompt_tokens, total_tokens: usage.prompt_tokens } }),
  };
}

export function modelsBody(created: number) {
  const ids = ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small'];
  return { object: 'list', data: ids.map((id) => ({ id, object: 'model', created, owned_by: 'fake' })) };
}

export function errorBody(status: number) {
  const [type, code, message] = errorWords[status] ?? ['server_error', null, 'The server had an error.'];
  return { error: { message, type, param: null, code } };
}

const errorWords: Record<number, readonly [string, string | null, string]> = {
  400: ['invalid_request_error', null, 'The request is not valid.'],
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  403: ['invalid_request_error', 'unsupported_country', 'Access denied.'],
  404: ['invalid_request_error', 'model_not_found', 'The model does not exist.'],
  429: ['requests', 'rate_limit_exceeded', 'Rate limit reached for requests.'],
};

function eachChoice<Choice>(speech: Speech, make: (index: number) => Choice): Choice[] {
  return Array.from({ length: speech.choices }, (_, index) => make(index));
}

function detailed(usage: Usage) {
  return {
    ...usage,
    prompt_tokens_details: usage.prompt_tokens_details ?? { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: usage.completion_tokens_details ?? { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

function lastWords(request: ModelRequest): string {
  const text = promptTexts(request).at(-1) ?? '';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A vector of length one that depends on the text only. */
function vectorOf(text: string, dimensions: number): number[] {
  const raw = Array.from({ length: dimensions }, (_, index) => {
    const code = text.charCodeAt(index % Math.max(1, text.length)) || 1;
    return Math.sin(code * (index + 1));
  });
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => value / length);
}

function base64Of(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}
