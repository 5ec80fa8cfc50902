/** One thing to say about a configuration. Never holds the value of a secret. */
export interface ConfigNote {
  /** Name of the file, as the reader knows it. */
  readonly file?: string;
  /** Where: `model_list[0].litellm_params.api_key`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and, where it helps, what to write instead. */
  readonly reason: string;
  /** Counted from 1; absent when the place is not in the file. */
  readonly line?: number;
  readonly column?: number;
}

/**
 * Writes notes for people, one a line, in the order of the file:
 * `config.yaml:12:16 model_list[0].litellm_params.api_key: environment variable X is not set`.
 */
export function formatConfigNotes(notes: readonly ConfigNote[]): string {
  return [...notes]
    .sort((one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0))
    .map((note) => `${place(note)}${note.path === '' ? '' : ` ${note.path}`}: ${note.reason}`)
    .join('\n');
}

function place({ file = 'config', line, column }: ConfigNote): string {
  if (line === undefined) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}
