import type { TokenCounter } from '../tokens/count-texts.js';
import { answerTexts } from './answer-texts.js';

/** A longer answer is counted by its length. */
const PARSE_LIMIT_BYTES = 1024 * 1024;
/** Bytes around the text in an ordinary OpenAI answer (ids, names, finish reason). */
const ANSWER_ENVELOPE_BYTES = 300;
const BYTES_PER_TOKEN = 4;

/**
 * Counts the tokens of a whole answer whose provider told none. What is not JSON, since it was cut off, and what is
 * very long counts one token for every 4 bytes beyond 300 bytes of envelope.
 */
export function countAnswer(bytes: Buffer, counter: TokenCounter): number {
  const answer = bytes.length <= PARSE_LIMIT_BYTES ? parse(bytes.toString()) : undefined;
  if (answer === undefined) return countCutAnswer(bytes.length);
  return counter(answerTexts(answer).map(([, text]) => text));
}

/** Counts the tokens of an answer of which so many bytes came. */
export function countCutAnswer(bytes: number): number {
  return Math.ceil(Math.max(0, bytes - ANSWER_ENVELOPE_BYTES) / BYTES_PER_TOKEN);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
