/**
 * Something the reader of the terminal can mend: the message is one plain sentence, printed without a stack.
 * `details` (for example the last lines of a log) follow it when there are any.
 */
export class StackFailure extends Error {
  override readonly name = 'StackFailure';

  constructor(
    message: string,
    readonly details: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
