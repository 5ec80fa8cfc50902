import { createHash } from 'node:crypto';
import type { Usage } from './model-answer.js';
import type { StreamEvent } from './model-stream.js';

/** An answer before it is sent. */
export interface ModelAnswer {
  /** What it uses as a whole, reported or not; absent where a provider counts no tokens. */
  used?: Usage;
  content: AnswerContent;
}

export type AnswerContent =
  | { kind: 'json'; body: object }
  | { kind: 'text'; text: string }
  /** `closing`: with the line `[DONE]`, as chats end. */
  | { kind: 'events'; events: readonly StreamEvent[]; closing: boolean }
  | { kind: 'pieces'; type: string; pieces: readonly Buffer[] };

/** A whole answer as JSON. */
export function json(body: object): AnswerContent {
  return { kind: 'json', body };
}

/** Events that have a `type` and end with the last of them. */
export function typedEvents(events: readonly StreamEvent[]): AnswerContent {
  return { kind: 'events', events, closing: false };
}

/** Bytes that look like a sound or an image: foreseen from the text, and of no pattern. */
export function bytesOf(text: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(text).digest();
}

/** Token counts as all but chats and completions name them. */
export function inputAndOutput(usage: Usage) {
  return {
    input_tokens: usage.prompt_tokens,
    output_tokens: usage.completion_tokens,
    total_tokens: usage.total_tokens,
  };
}
