import type { CallMode } from '@signalbox/contracts';

/** What the OpenAPI page says of a kind of call. */
export interface CallPage {
  readonly summary: string;
  readonly required: readonly string[];
  /** Fields that need more than an example: files of a form. */
  readonly properties?: Readonly<Record<string, { type: string; format: string }>>;
  readonly examples: Readonly<Record<string, object>>;
  readonly answer: object;
}

const file = { type: 'string', format: 'binary' };
const transcriptUsage = { type: 'tokens', input_tokens: 14, output_tokens: 6, total_tokens: 20 };

/** Responses, moderations, images and sounds. */
export const mediaPages: Readonly<Record<Exclude<CallMode, 'chat' | 'completion' | 'embedding'>, CallPage>> =
  {
    responses: {
      summary: 'Response, whole or streamed',
      required: ['input'],
      examples: {
        plain: { model: 'gpt-4o', input: 'Tell me of signal boxes.' },
        streamed: { model: 'gpt-4o', stream: true, input: [{ role: 'user', content: 'Tell me a story.' }] },
      },
      answer: {
        id: 'resp_123',
        object: 'response',
        created_at: 1795219200,
        status: 'completed',
        model: 'gpt-4o',
        output: [
          {
            type: 'message',
            id: 'msg_123',
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text: 'They keep trains apart.', annotations: [] }],
          },
        ],
        usage: { input_tokens: 12, output_tokens: 6, total_tokens: 18 },
      },
    },
    moderation: {
      summary: 'What is objectionable in texts and images',
      required: ['input'],
      examples: { plain: { model: 'omni-moderation-latest', input: 'A harmless text.' } },
      answer: {
        id: 'modr-123',
        model: 'omni-moderation-latest',
        results: [{ flagged: false, categories: { violence: false }, category_scores: { violence: 0.0001 } }],
      },
    },
    image_generation: {
      summary: 'Images from a text, whole or streamed',
      required: ['prompt'],
      examples: { plain: { model: 'gpt-image-1', prompt: 'A signal box at dawn.', size: '1024x1024' } },
      answer: {
        created: 1795219200,
        data: [{ b64_json: 'iVBORw0KGgo...' }],
        usage: { input_tokens: 8, output_tokens: 1056, total_tokens: 1064 },
      },
    },
    image_edit: {
      summary: 'Images from images and a text',
      required: ['image', 'prompt'],
      properties: { image: file, mask: file },
      examples: { plain: { model: 'gpt-image-1', prompt: 'Make it night.', image: '(a file)' } },
      answer: {
        created: 1795219200,
        data: [{ b64_json: 'iVBORw0KGgo...' }],
        usage: { input_tokens: 770, output_tokens: 1056, total_tokens: 1826 },
      },
    },
    audio_speech: {
      summary: 'A text, spoken',
      required: ['input', 'voice'],
      examples: { plain: { model: 'gpt-4o-mini-tts', input: 'The line is clear.', voice: 'alloy' } },
      answer: {},
    },
    audio_transcription: {
      summary: 'What is said in a recording, whole or streamed',
      required: ['file'],
      properties: { file },
      examples: { plain: { model: 'gpt-4o-transcribe', file: '(a file)', response_format: 'json' } },
      answer: { text: 'The line is clear.', usage: transcriptUsage },
    },
    audio_translation: {
      summary: 'What is said in a recording, in English',
      required: ['file'],
      properties: { file },
      examples: { plain: { model: 'whisper-1', file: '(a file)' } },
      answer: { text: 'The line is clear.' },
    },
  };
