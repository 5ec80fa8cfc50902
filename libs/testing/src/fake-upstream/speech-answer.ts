import { bytesOf, inputAndOutput, typedEvents, type ModelAnswer } from './answer-content.js';
import { usageOf, type Occasion, type Usage } from './model-answer.js';
import { promptTexts, wordsOf, type ModelRequest } from './model-request.js';
import type { StreamEvent } from './model-stream.js';

const BYTES_PER_CHARACTER = 1_000;
const LONGEST_PIECE_BYTES = 16 * 1_024;

const types: Readonly<Record<string, string>> = {
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/** `/audio/speech`: a sound in pieces, or as events that also say what it used. */
export function speechAnswer(request: ModelRequest, { behaviour }: Occasion): ModelAnswer {
  const text = behaviour.content ?? promptTexts(request).join(' ');
  const used = usageOf(request, wordsOf(text).length, behaviour);
  const sound = bytesOf(text, behaviour.bytes ?? Math.max(1, text.length) * BYTES_PER_CHARACTER);
  const pieces = cut(sound, behaviour.chunks ?? Math.max(4, Math.ceil(sound.length / LONGEST_PIECE_BYTES)));
  if (request.stream_format === 'sse') {
    return { used, content: typedEvents(events(pieces, behaviour.usage === false ? undefined : used)) };
  }
  return {
    used,
    content: { kind: 'pieces', type: types[String(request.response_format)] ?? 'audio/mpeg', pieces },
  };
}

function cut(sound: Buffer, count: number): Buffer[] {
  const size = Math.ceil(sound.length / count);
  return Array.from({ length: count }, (_, index) => sound.subarray(index * size, (index + 1) * size));
}

function events(pieces: readonly Buffer[], usage: Usage | undefined): StreamEvent[] {
  const deltas = pieces.map((piece) => ({
    data: JSON.stringify({ type: 'speech.audio.delta', audio: piece.toString('base64') }),
    content: true,
  }));
  const done = { type: 'speech.audio.done', ...(usage !== undefined && { usage: inputAndOutput(usage) }) };
  return [...deltas, { data: JSON.stringify(done), content: false }];
}
