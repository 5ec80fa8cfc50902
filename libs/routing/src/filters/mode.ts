import type { Filter } from '../filter.js';

/** What the same models serve: LiteLLM sends `/completions` to chat deployments and the reverse. */
const kinds: Readonly<Record<string, string>> = {
  chat: 'text generation',
  completion: 'text generation',
  responses: 'text generation',
  image_generation: 'images',
  image_edit: 'images',
  audio_transcription: 'transcription',
  audio_translation: 'transcription',
};

function kindOf(mode: string): string {
  return kinds[mode] ?? mode;
}

/** A deployment that declares `model_info.mode` serves requests of that kind only; one that does not, all. */
export const mode: Filter = (deployment, request) =>
  deployment.mode === undefined || kindOf(deployment.mode) === kindOf(request.mode)
    ? undefined
    : { code: 'mode', detail: `serves ${deployment.mode}, not ${request.mode}` };
