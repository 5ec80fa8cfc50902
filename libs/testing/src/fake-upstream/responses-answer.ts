import { inputAndOutput, json, typedEvents, type ModelAnswer } from './answer-content.js';
import { speak, type Occasion, type Speech, type Usage } from './model-answer.js';
import type { ModelRequest } from './model-request.js';
import { portions, type StreamEvent } from './model-stream.js';

/** `/responses`: the same words as in a chat, in another shape. */
export function responsesAnswer(request: ModelRequest, occasion: Occasion): ModelAnswer {
  const speech = speak(request, occasion);
  const parts: Parts = { request, speech, chunks: occasion.behaviour.chunks };
  const content = request.stream === true ? typedEvents(events(parts)) : json(finished(parts));
  return { used: speech.used, content };
}

interface Parts {
  request: ModelRequest;
  speech: Speech;
  chunks: number | undefined;
}

function events(parts: Parts): StreamEvent[] {
  const { speech, chunks } = parts;
  const at = { item_id: itemId(speech), output_index: 0, content_index: 0 };
  const whole = speech.words.join('');
  const end = finished(parts);
  const sequence: readonly (readonly [string, object])[] = [
    ['response.created', { response: begun(parts) }],
    ['response.in_progress', { response: begun(parts) }],
    ['response.output_item.added', { output_index: 0, item: message(speech, 'in_progress', []) }],
    ['response.content_part.added', { ...at, part: spoken('') }],
    ...portions(speech.words, chunks).map((delta) => [DELTA, { ...at, delta, logprobs: [] }] as const),
    ['response.output_text.done', { ...at, text: whole, logprobs: [] }],
    ['response.content_part.done', { ...at, part: spoken(whole) }],
    ['response.output_item.done', { output_index: 0, item: end.output[0] }],
    [`response.${end.status}`, { response: end }],
  ];
  return sequence.map(([type, fields], index) => ({
    name: type,
    data: JSON.stringify({ type, sequence_number: index, ...fields }),
    content: type === DELTA,
  }));
}

const DELTA = 'response.output_text.delta';

function begun({ request, speech }: Parts) {
  return {
    id: `resp_${speech.id}`,
    object: 'response',
    created_at: speech.created,
    status: 'in_progress',
    error: null,
    incomplete_details: null as { reason: string } | null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    model: speech.model,
    output: [] as ReturnType<typeof message>[],
    parallel_tool_calls: true,
    previous_response_id: null,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null as ReturnType<typeof usageFields> | null,
  };
}

function finished(parts: Parts) {
  const { speech } = parts;
  const isCut = speech.finishReason === 'length';
  const status = isCut ? 'incomplete' : 'completed';
  return {
    ...begun(parts),
    status,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    output: [message(speech, status, [spoken(speech.words.join(''))])],
    usage: speech.usage === undefined ? null : usageFields(speech.usage),
  };
}

function message(speech: Speech, status: string, content: ReturnType<typeof spoken>[]) {
  return { id: itemId(speech), type: 'message', role: 'assistant', status, content };
}

function spoken(text: string) {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function itemId(speech: Speech): string {
  return `msg_${speech.id}`;
}

function usageFields(usage: Usage) {
  return {
    ...inputAndOutput(usage),
    input_tokens_details: { cached_tokens: 0, ...usage.prompt_tokens_details },
    output_tokens_details: { reasoning_tokens: 0, ...usage.completion_tokens_details },
  };
}
