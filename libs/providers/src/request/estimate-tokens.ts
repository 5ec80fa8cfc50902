import type { CallMode } from '@signalbox/contracts';
import { countByLength, type TokenCounter } from '../tokens/count-texts.js';
import { readPrompt } from './read-prompt.js';

/** Tokens an answer is assumed to take when the client sets no limit. */
export const DEFAULT_OUTPUT_TOKENS = 256;
const TOKENS_PER_LOW_IMAGE = 272;
const TOKENS_PER_IMAGE = 1_056;
const TOKENS_PER_HIGH_IMAGE = 4_160;

export interface TokenEstimate {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** What is known of the model; without it texts are counted by their length, and any answer is believed. */
export interface EstimateFacts {
  readonly counter?: TokenCounter;
  /** The most an answer of the model may take. */
  readonly maxOutputTokens?: number | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * Says how many tokens a call will take, before it is made; the provider's usage corrects it a moment later. The rule:
 * - text: as `counter` counts it; 4 more for every message, 1 for a name, 3 for the answer's start;
 * - tools, functions, tool calls and response formats: their JSON as text; a token array: its length;
 * - an image 765 tokens (1024 x 1024 in OpenAI's tiles), 85 when its `detail` is `low`; audio one for 2,000
 *   bytes of base64, files one for 16;
 * - a recording one for 1,500 bytes;
 * - the answer: `max_completion_tokens`, `max_output_tokens` or `max_tokens`, else 256, at most `maxOutputTokens`,
 *   times `n` (or `best_of`); an image by its `quality` 272, 1,056 or 4,160 (OpenAI's 1024 x 1024); embeddings, moderations
 *   and speech, which is charged by its text, have none.
 *
 * Never throws, whatever the shape of the body.
 */
export function estimateTokens(mode: CallMode, body: Body, facts: EstimateFacts = {}): TokenEstimate {
  const { counter = countByLength, maxOutputTokens } = facts;
  const { texts, otherTokens } = readPrompt(mode, body);
  return {
    promptTokens: counter(texts) + otherTokens,
    outputTokens: answerSizes[mode](body, maxOutputTokens),
  };
}

type AnswerSize = (body: Body, maxOutputTokens: number | undefined) => number;

const none: AnswerSize = () => 0;

const answerSizes: Readonly<Record<CallMode, AnswerSize>> = {
  chat: textTokens,
  completion: textTokens,
  responses: textTokens,
  embedding: none,
  moderation: none,
  image_generation: imageTokens,
  image_edit: imageTokens,
  audio_speech: none,
  audio_transcription: textTokens,
  audio_translation: textTokens,
};

function imageTokens(body: Body): number {
  const { quality } = body;
  const one =
    quality === 'low' ? TOKENS_PER_LOW_IMAGE : quality === 'high' ? TOKENS_PER_HIGH_IMAGE : TOKENS_PER_IMAGE;
  return Math.min(one * Math.max(1, wholeNumber(body['n']) ?? 1), Number.MAX_SAFE_INTEGER);
}

function textTokens(body: Body, maxOutputTokens = Infinity): number {
  const asked =
    wholeNumber(body['max_completion_tokens']) ??
    wholeNumber(body['max_output_tokens']) ??
    wholeNumber(body['max_tokens']);
  const one = Math.min(asked ?? DEFAULT_OUTPUT_TOKENS, maxOutputTokens);
  const answers = Math.max(1, wholeNumber(body['n']) ?? 1, wholeNumber(body['best_of']) ?? 1);
  return Math.min(one * answers, Number.MAX_SAFE_INTEGER);
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.ceil(value) : undefined;
}
