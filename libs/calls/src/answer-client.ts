import type { OutgoingHttpHeaders } from 'node:http';

/** Where the answer of a call goes: an HTTP response, or whoever called in this process. */
export interface AnswerClient {
  /** The client went before its answer was complete; everything written from then on is dropped. */
  readonly gone: boolean;
  /** Calls the listener when the client goes, at once if it has gone; replaces the listener before. */
  onGone(listener: () => void): void;
  /** Headers of the error that will be thrown to whoever made the call. */
  setHeaders(headers: OutgoingHttpHeaders): void;
  /** Begins the answer; nothing is thrown to the caller from here on. */
  writeHead(status: number, headers: OutgoingHttpHeaders): void;
  /** Writes pieces of an answer; false when the client cannot take more now: wait for `onDrain`. */
  write(pieces: readonly Buffer[]): boolean;
  /** Calls back once what waits has been read. */
  onDrain(proceed: () => void): void;
  end(last?: Buffer | string): void;
  /** Closes the connection in the middle of an answer, so that the client does not take the part for the whole. */
  breakOff(): void;
}
