import type { CallMode } from './upstream-url.js';

/** Tokens an answer is assumed to take when the client sets no limit. */
export const DEFAULT_OUTPUT_TOKENS = 256;

const BYTES_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_ANSWER_START = 3;
const TOKENS_PER_IMAGE = 765;
const TOKENS_PER_LOW_DETAIL_IMAGE = 85;
const BASE64_BYTES_PER_AUDIO_TOKEN = 2_000;
const BASE64_BYTES_PER_FILE_TOKEN = 16;

export interface TokenEstimate {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * Guesses how many tokens a call will take, before it is made, by length alone: linear and without a
 * tokenizer, since the guess is corrected by the provider's usage a moment later. The rule:
 * - text: one token for 4 bytes of UTF-8, rounded up; 4 more for every message and 3 for the answer's start;
 * - an image 765 tokens (1024 x 1024 in OpenAI's tiles), 85 when its `detail` is `low`; audio one for 2,000
 *   bytes of base64, files one for 16;
 * - tools, functions, tool calls and response formats: their JSON as text; a token array: its length;
 * - the answer: `max_completion_tokens` or `max_tokens`, else 256, at most `maxOutputTokens`, times `n`
 *   (or `best_of`); embeddings have none.
 *
 * Never throws, whatever the shape of the body.
 * @param maxOutputTokens the model's own limit, when known.
 */
export function estimateTokens(
  mode: CallMode,
  body: Body,
  options: { readonly maxOutputTokens?: number | undefined; readonly defaultOutputTokens?: number } = {},
): TokenEstimate {
  return {
    promptTokens: promptTokens(mode, body),
    outputTokens: mode === 'embedding' ? 0 : outputTokens(body, options),
  };
}

/** Tokens of a text by the same rule. */
export function estimateTextTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

function promptTokens(mode: CallMode, body: Body): number {
  if (mode === 'embedding') return inputTokens(body['input']);
  if (mode === 'completion') return inputTokens(body['prompt']) + textTokens(body['suffix']);
  const messages = Array.isArray(body['messages']) ? (body['messages'] as unknown[]) : [];
  let tokens = TOKENS_PER_ANSWER_START;
  for (const message of messages) tokens += messageTokens(message);
  return (
    tokens + jsonTokens(body['tools']) + jsonTokens(body['functions']) + jsonTokens(body['response_format'])
  );
}

function messageTokens(message: unknown): number {
  if (!isRecord(message)) return TOKENS_PER_MESSAGE;
  return (
    TOKENS_PER_MESSAGE +
    contentTokens(message['content']) +
    textTokens(message['name']) +
    jsonTokens(message['tool_calls']) +
    jsonTokens(message['function_call'])
  );
}

function contentTokens(content: unknown): number {
  if (!Array.isArray(content)) return textTokens(content);
  let tokens = 0;
  for (const part of content as unknown[]) tokens += isRecord(part) ? partTokens(part) : textTokens(part);
  return tokens;
}

function partTokens(part: Record<string, unknown>): number {
  switch (part['type']) {
    case 'image_url': {
      const image = part['image_url'];
      return isRecord(image) && image['detail'] === 'low' ? TOKENS_PER_LOW_DETAIL_IMAGE : TOKENS_PER_IMAGE;
    }
    case 'input_audio':
      return dataTokens(part['input_audio'], 'data', BASE64_BYTES_PER_AUDIO_TOKEN);
    case 'file':
      return dataTokens(part['file'], 'file_data', BASE64_BYTES_PER_FILE_TOKEN);
    default:
      return textTokens(part['text'] ?? part['refusal']);
  }
}

function dataTokens(holder: unknown, key: string, bytesPerToken: number): number {
  const data = isRecord(holder) ? holder[key] : undefined;
  return typeof data === 'string' ? Math.ceil(data.length / bytesPerToken) : TOKENS_PER_IMAGE;
}

/** `input` and `prompt`: a text, several texts, a token array, or several of those. */
function inputTokens(input: unknown): number {
  if (!Array.isArray(input)) return textTokens(input);
  let tokens = 0;
  for (const item of input as unknown[]) {
    if (typeof item === 'number') tokens += 1;
    else tokens += Array.isArray(item) ? item.length : textTokens(item);
  }
  return tokens;
}

function outputTokens(
  body: Body,
  options: { readonly maxOutputTokens?: number | undefined; readonly defaultOutputTokens?: number },
): number {
  const asked = wholeNumber(body['max_completion_tokens']) ?? wholeNumber(body['max_tokens']);
  const one = asked ?? options.defaultOutputTokens ?? DEFAULT_OUTPUT_TOKENS;
  const bounded = options.maxOutputTokens === undefined ? one : Math.min(one, options.maxOutputTokens);
  const answers = Math.max(1, wholeNumber(body['n']) ?? 1, wholeNumber(body['best_of']) ?? 1);
  return Math.min(bounded * answers, Number.MAX_SAFE_INTEGER);
}

function textTokens(value: unknown): number {
  return typeof value === 'string' ? estimateTextTokens(value) : 0;
}

function jsonTokens(value: unknown): number {
  if (value === undefined || value === null) return 0;
  try {
    return estimateTextTokens(JSON.stringify(value));
  } catch {
    return 0; // nested deeper than the stack: the provider will refuse it
  }
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.ceil(value) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
