import type { CallMode } from '@signalbox/contracts';

/** What kinds of calls differ in, once they are on their way. */
export interface ModeTraits {
  /** The last part of the address, behind the base. */
  readonly route: string;
  /** The body is a form with files, not JSON. */
  readonly takesForm: boolean;
  /**
   * How the answer comes: `whole` always; as `events` where the client wants it so; in `pieces` always, whatever they are.
   */
  readonly comes: 'whole' | 'events' | 'pieces';
  /** The usage of a stream comes only if it is asked for (`stream_options`). */
  readonly asksForUsage: boolean;
  /** How the types of answers begin that are passed on as they are: sounds and subtitles. What is neither these nor JSON is no answer. */
  readonly passesTypes: readonly string[];
  /** The model answers with text, which is counted when the provider does not say what it used. */
  readonly answersText: boolean;
  /** It is charged by the tokens of its texts, so what nobody counted can be estimated. */
  readonly chargesTexts: boolean;
}

const soundTypes = ['audio/', 'application/octet-stream'];
const subtitleTypes = ['text/plain', 'text/vtt', 'application/x-subrip'];

const json = {
  takesForm: false,
  comes: 'whole',
  asksForUsage: false,
  passesTypes: [],
  answersText: false,
  chargesTexts: true,
} as const;
const text = { ...json, comes: 'events', answersText: true } as const;
const image = { ...json, comes: 'events', chargesTexts: false } as const;
const transcript = { ...text, takesForm: true, passesTypes: subtitleTypes, chargesTexts: false } as const;

/** Every kind of call the gateway knows. */
export const modeTraits: Readonly<Record<CallMode, ModeTraits>> = {
  chat: { ...text, route: '/chat/completions', asksForUsage: true },
  completion: { ...text, route: '/completions', asksForUsage: true },
  responses: { ...text, route: '/responses' },
  embedding: { ...json, route: '/embeddings' },
  moderation: { ...json, route: '/moderations' },
  image_generation: { ...image, route: '/images/generations' },
  image_edit: { ...image, route: '/images/edits', takesForm: true },
  audio_speech: {
    ...json,
    route: '/audio/speech',
    comes: 'pieces',
    passesTypes: soundTypes,
    chargesTexts: false,
  },
  audio_transcription: { ...transcript, route: '/audio/transcriptions' },
  audio_translation: { ...transcript, route: '/audio/translations' },
};
