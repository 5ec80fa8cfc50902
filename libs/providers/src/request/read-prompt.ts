import type { CallMode } from '@signalbox/contracts';

const TOKENS_PER_ANSWER_START = 3;
/** Three around a message and one for its role. */
const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_NAME = 1;
const TOKENS_PER_IMAGE = 765;
const TOKENS_PER_LOW_DETAIL_IMAGE = 85;
const BASE64_BYTES_PER_AUDIO_TOKEN = 2_000;
const BASE64_BYTES_PER_FILE_TOKEN = 16;
/** Of an uploaded recording, which is no base64. */
const BYTES_PER_AUDIO_TOKEN = 1_500;

/** What of a body counts as prompt. */
export interface Prompt {
  readonly texts: readonly string[];
  /** What is no text: frames of messages, images, audio, files, tokens sent as numbers. */
  readonly otherTokens: number;
}

/** Reads the prompt of a call. Never throws, whatever the shape of the body. */
export function readPrompt(mode: CallMode, body: Body): Prompt {
  const reader = new PromptReader();
  readers[mode](reader, body);
  return reader;
}

type Body = Readonly<Record<string, unknown>>;

/** What of a body is a prompt, by the kind of call. */
const readers: Readonly<Record<CallMode, (reader: PromptReader, body: Body) => void>> = {
  chat: (reader, body) => {
    reader.chat(body);
  },
  completion: (reader, { prompt, suffix }) => {
    reader.input(prompt);
    reader.text(suffix);
  },
  responses: (reader, body) => {
    reader.responses(body);
  },
  embedding: readInput,
  moderation: readInput,
  image_generation: (reader, { prompt }) => {
    reader.text(prompt);
  },
  image_edit: (reader, { prompt, image }) => {
    reader.text(prompt);
    reader.images(image);
  },
  audio_speech: (reader, { input, instructions }) => {
    reader.text(input);
    reader.text(instructions);
  },
  audio_transcription: readRecording,
  audio_translation: readRecording,
};

function readInput(reader: PromptReader, { input }: Body): void {
  reader.input(input);
}

function readRecording(reader: PromptReader, { file, prompt }: Body): void {
  reader.recording(file);
  reader.text(prompt);
}

class PromptReader implements Prompt {
  readonly texts: string[] = [];
  otherTokens = 0;

  chat(body: Body): void {
    this.otherTokens += TOKENS_PER_ANSWER_START;
    const messages = Array.isArray(body['messages']) ? (body['messages'] as unknown[]) : [];
    for (const message of messages) this.message(message);
    this.json(body['tools']);
    this.json(body['functions']);
    this.json(body['response_format']);
  }

  responses(body: Body): void {
    this.otherTokens += TOKENS_PER_ANSWER_START;
    this.text(body['instructions']);
    const { input } = body;
    if (Array.isArray(input)) for (const item of input as unknown[]) this.item(item);
    else this.text(input);
    this.json(body['tools']);
    this.json(body['text']);
  }

  /** Files of a form. */
  images(files: unknown): void {
    const count = Array.isArray(files) ? files.length : files === undefined ? 0 : 1;
    this.otherTokens += count * TOKENS_PER_IMAGE;
  }

  recording(file: unknown): void {
    const bytes = isRecord(file) ? file['bytes'] : undefined;
    if (typeof bytes === 'number') this.otherTokens += Math.ceil(Math.max(0, bytes) / BYTES_PER_AUDIO_TOKEN);
  }

  /** A message, or what a tool was asked and said. */
  private item(item: unknown): void {
    if (isRecord(item) && item['content'] === undefined) this.json(item);
    else this.message(item);
  }

  /** `input` and `prompt`: a text, several texts or parts, a token array, or several of those. */
  input(input: unknown): void {
    if (!Array.isArray(input)) {
      this.text(input);
      return;
    }
    for (const item of input as unknown[]) {
      if (typeof item === 'number') this.otherTokens += 1;
      else if (Array.isArray(item)) this.otherTokens += item.length;
      else if (isRecord(item)) this.part(item);
      else this.text(item);
    }
  }

  text(value: unknown): void {
    if (typeof value === 'string' && value !== '') this.texts.push(value);
  }

  private message(message: unknown): void {
    this.otherTokens += TOKENS_PER_MESSAGE;
    if (!isRecord(message)) return;
    this.content(message['content']);
    if (typeof message['name'] === 'string') this.otherTokens += TOKENS_PER_NAME;
    this.text(message['name']);
    this.json(message['tool_calls']);
    this.json(message['function_call']);
  }

  private content(content: unknown): void {
    if (!Array.isArray(content)) {
      this.text(content);
      return;
    }
    for (const part of content as unknown[]) {
      if (isRecord(part)) this.part(part);
      else this.text(part);
    }
  }

  private part(part: Record<string, unknown>): void {
    switch (part['type']) {
      case 'image_url':
        this.otherTokens += imageTokens(part['image_url']);
        break;
      case 'input_image':
        this.otherTokens += imageTokens(part);
        break;
      case 'input_file':
        this.otherTokens += dataTokens(part, 'file_data', BASE64_BYTES_PER_FILE_TOKEN);
        break;
      case 'input_audio':
        this.otherTokens += dataTokens(part['input_audio'], 'data', BASE64_BYTES_PER_AUDIO_TOKEN);
        break;
      case 'file':
        this.otherTokens += dataTokens(part['file'], 'file_data', BASE64_BYTES_PER_FILE_TOKEN);
        break;
      default:
        this.text(part['text'] ?? part['refusal']);
    }
  }

  private json(value: unknown): void {
    if (value === undefined || value === null) return;
    try {
      this.text(JSON.stringify(value));
    } catch {
      // Nested deeper than the stack: the provider will refuse it.
    }
  }
}

function imageTokens(image: unknown): number {
  return isRecord(image) && image['detail'] === 'low' ? TOKENS_PER_LOW_DETAIL_IMAGE : TOKENS_PER_IMAGE;
}

function dataTokens(holder: unknown, key: string, bytesPerToken: number): number {
  const data = isRecord(holder) ? holder[key] : undefined;
  return typeof data === 'string' ? Math.ceil(data.length / bytesPerToken) : TOKENS_PER_IMAGE;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
