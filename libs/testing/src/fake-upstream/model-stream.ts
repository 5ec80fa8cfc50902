import type { Behaviour } from './behaviour.js';
import type { Speech } from './model-answer.js';

/** One server-sent event of a stream; `content` marks those that carry words, sounds or images. */
export interface StreamEvent {
  /** For a line `event:` of its own. */
  name?: string;
  data: string;
  content: boolean;
}

interface StreamOptions {
  behaviour: Behaviour;
  /** The caller asked for usage: then every other event carries `usage: null`, as OpenAI's do. */
  includeUsage: boolean;
}

/** The events of a streamed chat completion, in order, without the closing [DONE]. */
export function chatEvents(
  speech: Speech,
  { behaviour, includeUsage, azure }: StreamOptions & { azure: boolean },
) {
  const event = (choices: unknown[], usage: unknown = null) => ({
    id: `chatcmpl-${speech.id}`,
    object: 'chat.completion.chunk',
    created: speech.created,
    model: speech.model,
    system_fingerprint: 'fp_fake',
    choices,
    ...(includeUsage ? { usage } : {}),
  });
  const choice = (index: number, delta: object, finishReason: string | null = null) =>
    event([{ index, delta, logprobs: null, finish_reason: finishReason }]);
  // Azure opens every stream with the verdict of its content filter, in an event without choices.
  const opening = azure ? [plain({ ...event([]), id: '', model: '', prompt_filter_results: [] })] : [];
  const perChoice = Array.from({ length: speech.choices }, (_, index) => [
    plain(choice(index, { role: 'assistant', content: '', refusal: null })),
    ...portions(speech.words, behaviour.chunks).map((text) => spoken(choice(index, { content: text }))),
    plain(choice(index, {}, speech.finishReason)),
  ]);
  return [...opening, ...perChoice.flat(), ...usageEvent(speech, includeUsage, event)];
}

/** The events of a streamed legacy completion. */
export function completionEvents(speech: Speech, { behaviour, includeUsage }: StreamOptions): StreamEvent[] {
  const event = (choices: unknown[], usage: unknown = null) => ({
    id: `cmpl-${speech.id}`,
    object: 'text_completion',
    created: speech.created,
    model: speech.model,
    choices,
    ...(includeUsage ? { usage } : {}),
  });
  const perChoice = Array.from({ length: speech.choices }, (_, index) => [
    ...portions(speech.words, behaviour.chunks).map((text) =>
      spoken(event([{ index, text, logprobs: null, finish_reason: null }])),
    ),
    plain(event([{ index, text: '', logprobs: null, finish_reason: speech.finishReason }])),
  ]);
  return [...perChoice.flat(), ...usageEvent(speech, includeUsage, event)];
}

function usageEvent(
  speech: Speech,
  includeUsage: boolean,
  event: (choices: unknown[], usage: unknown) => object,
): StreamEvent[] {
  return includeUsage && speech.usage !== undefined ? [plain(event([], speech.usage))] : [];
}

/** The words dealt out over so many events; events beyond the last word repeat it. */
export function portions(words: readonly string[], count = words.length): string[] {
  const size = Math.max(1, Math.ceil(words.length / count));
  return Array.from({ length: count }, (_, index) => {
    const text = words.slice(index * size, (index + 1) * size).join('');
    return text === '' ? (words.at(-1) ?? '') : text;
  });
}

function plain(data: object): StreamEvent {
  return { data: JSON.stringify(data), content: false };
}

function spoken(data: object): StreamEvent {
  return { data: JSON.stringify(data), content: true };
}
