import { createHash } from 'node:crypto';
import type { CallMode } from '@signalbox/contracts';
import type OpenAI from 'openai';
import type { APIPromise } from 'openai';

/** A kind of call as OpenAI's own client makes it. */
export interface ModelOperation {
  readonly mode: CallMode;
  /** In LiteLLM's spend logs. */
  readonly callType: string;
  /** The last part of the address. */
  readonly route: string;
  /** What the deployments of its model group call it. */
  readonly upstreamModel: string;
  readonly streams: boolean;
  /** What the provider's usage says; absent: it says nothing. */
  readonly tokens?: { readonly prompt_tokens: number; readonly completion_tokens: number };
  /** The file it sends, as the pretended provider records it. */
  readonly file?: object;
  readonly ask: (client: OpenAI, model: string, more: object) => APIPromise<unknown>;
}

const recording = new File([Buffer.alloc(200_000, 'RIFF\r\n--x\r\n\0\xff', 'latin1')], 'hello.wav', {
  type: 'audio/wav',
});
const picture = new File(['\x89PNG\r\n\r\n--'], 'grün "1".png', { type: 'image/png' });

async function recorded(file: File): Promise<object> {
  const bytes = Buffer.from(await file.arrayBuffer());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { filename: file.name, type: file.type, bytes: bytes.length, sha256 };
}

const text = { model: 'gpt-4o-upstream', prompt: 'Hey there' };

/** All but chats, completions and embeddings. */
export const modelOperations: readonly ModelOperation[] = [
  {
    ...{ mode: 'responses', callType: 'aresponses', route: '/responses', streams: true },
    upstreamModel: text.model,
    tokens: { prompt_tokens: 2, completion_tokens: 7 },
    ask: (client, model, more) => client.responses.create({ model, input: text.prompt, ...more }),
  },
  {
    ...{ mode: 'moderation', callType: 'amoderation', route: '/moderations', streams: false },
    upstreamModel: 'omni-moderation-latest',
    ask: (client, model, more) => client.moderations.create({ model, input: text.prompt, ...more }),
  },
  {
    ...{ mode: 'image_generation', callType: 'aimage_generation', route: '/images/generations' },
    streams: true,
    upstreamModel: 'gpt-image-1',
    tokens: { prompt_tokens: 2, completion_tokens: 100 },
    ask: (client, model, more) => client.images.generate({ model, prompt: text.prompt, ...more }),
  },
  {
    ...{ mode: 'image_edit', callType: 'aimage_edit', route: '/images/edits', streams: true },
    upstreamModel: 'gpt-image-1',
    tokens: { prompt_tokens: 102, completion_tokens: 100 },
    file: await recorded(picture),
    ask: (client, model, more) => client.images.edit({ model, image: picture, prompt: text.prompt, ...more }),
  },
  {
    ...{ mode: 'audio_speech', callType: 'aspeech', route: '/audio/speech', streams: false },
    upstreamModel: 'gpt-4o-mini-tts',
    ask: (client, model, more) =>
      client.audio.speech.create({ model, voice: 'alloy', input: text.prompt, ...more }),
  },
  {
    ...{ mode: 'audio_transcription', callType: 'atranscription', route: '/audio/transcriptions' },
    streams: true,
    upstreamModel: 'gpt-4o-transcribe',
    tokens: { prompt_tokens: 10, completion_tokens: 4 },
    file: await recorded(recording),
    ask: (client, model, more) => client.audio.transcriptions.create({ model, file: recording, ...more }),
  },
  {
    ...{ mode: 'audio_translation', callType: 'atranscription', route: '/audio/translations' },
    streams: false,
    upstreamModel: 'gpt-4o-transcribe',
    tokens: { prompt_tokens: 10, completion_tokens: 4 },
    file: await recorded(recording),
    ask: (client, model, more) => {
      const body = formOf({ model, ...more });
      body.set('file', recording);
      // The client's own method is deprecated, as is OpenAI's endpoint.
      return client.post('/audio/translations', { body });
    },
  },
];

/** A form of texts; a file may be added. */
export function formOf(fields: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  return form;
}
