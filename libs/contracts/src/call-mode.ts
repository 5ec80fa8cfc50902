import { z } from 'zod';

/** What kind of call it is, in the words of LiteLLM's `model_info.mode`. */
export const CallModeSchema = z.enum([
  'chat',
  'completion',
  'responses',
  'embedding',
  'moderation',
  'image_generation',
  'image_edit',
  'audio_speech',
  'audio_transcription',
  'audio_translation',
]);
export type CallMode = z.infer<typeof CallModeSchema>;
