/** Paths of calls by their ends, the longer ones first. */
const endings = [
  ['/chat/completions', 'chat'],
  ['/router/completions', 'chat'],
  ['/completions', 'completion'],
  ['/embeddings', 'embedding'],
  ['/responses', 'responses'],
  ['/moderations', 'moderation'],
  ['/images/generations', 'image_generation'],
  ['/images/edits', 'image_edit'],
  ['/audio/speech', 'audio_speech'],
  ['/audio/transcriptions', 'audio_transcription'],
  ['/audio/translations', 'audio_translation'],
] as const;

/** What kind of call a path is for, before anybody has read its body; the path itself where nobody knows. */
export function modeOfRoute(path: string): string {
  return endings.find(([ending]) => path.endsWith(ending))?.[1] ?? path;
}
