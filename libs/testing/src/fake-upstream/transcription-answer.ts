import { inputAndOutput, json, typedEvents, type AnswerContent, type ModelAnswer } from './answer-content.js';
import { modelOf, usageOf, type Occasion, type Usage } from './model-answer.js';
import { wordsOf, type ModelRequest } from './model-request.js';
import { portions, type StreamEvent } from './model-stream.js';

/** Every recording lasts as long and counts as much. */
const SECONDS = 10;
const TOKENS_PER_RECORDING = 10;

/** `/audio/transcriptions` and `/audio/translations`; whisper counts seconds and knows no stream, others count tokens. */
export function transcriptionAnswer(
  task: 'transcribe' | 'translate',
  request: ModelRequest,
  occasion: Occasion,
): ModelAnswer {
  const { site, behaviour } = occasion;
  const words = wordsOf(behaviour.content ?? `Heard by ${site}: "${request.files[0]?.filename ?? ''}"`);
  const isWhisper = modelOf(request, occasion.deployment).includes('whisper');
  const used = isWhisper ? undefined : usageOfRecording(request, words, occasion);
  const isTold = behaviour.usage !== false;
  const usage = isTold ? { usage: used === undefined ? duration : fieldsOf(used) } : {};
  const content =
    request.stream === true && !isWhisper
      ? typedEvents(events(portions(words, behaviour.chunks), words.join(''), usage))
      : wholeAnswer(request.response_format, { task, text: words.join(''), usage });
  return { ...(used !== undefined && { used }), content };
}

const duration = { type: 'duration', seconds: SECONDS };

function wholeAnswer(format: unknown, { task, text, usage }: { task: string; text: string; usage: object }) {
  switch (format) {
    case 'text':
      return plain(`${text}\n`);
    case 'srt':
      return plain(`1\n00:00:00,000 --> 00:00:10,000\n${text}\n\n`);
    case 'vtt':
      return plain(`WEBVTT\n\n00:00:00.000 --> 00:00:10.000\n${text}\n\n`);
    case 'verbose_json':
      return json({ task, language: 'english', duration: SECONDS, text, segments: [], ...usage });
    default:
      return json({ text, ...usage });
  }
}

function plain(text: string): AnswerContent {
  return { kind: 'text', text };
}

function events(deltas: readonly string[], text: string, usage: object): StreamEvent[] {
  const said = deltas.map((delta) => ({
    data: JSON.stringify({ type: 'transcript.text.delta', delta }),
    content: true,
  }));
  const done = { type: 'transcript.text.done', text, ...usage };
  return [...said, { data: JSON.stringify(done), content: false }];
}

function usageOfRecording(request: ModelRequest, words: readonly string[], { behaviour }: Occasion): Usage {
  const text = usageOf(request, 0, {}).prompt_tokens;
  const ofPrompt = { text_tokens: text, audio_tokens: TOKENS_PER_RECORDING };
  return usageOf(request, words.length, {
    tokens: { prompt: text + TOKENS_PER_RECORDING, ofPrompt, ...behaviour.tokens },
  });
}

function fieldsOf(usage: Usage) {
  return { type: 'tokens', ...inputAndOutput(usage), input_token_details: usage.prompt_tokens_details };
}
