import type { OutgoingHttpHeaders } from 'node:http';
import type { AnswerClient } from '@signalbox/calls';

/** How much of an answer waits for its reader before the provider is made to wait, bytes. */
const readAheadBytes = 64 * 1024;

/** The answer of a call as a `Response`: complete with its head, its body as fast as it is read. */
export class AnswerResponse implements AnswerClient {
  /** Rejects when the call is given up before its answer began. */
  readonly response: Promise<Response>;
  private resolve!: (response: Response) => void;
  private reject!: (reason: unknown) => void;
  private body: ReadableStreamDefaultController<Uint8Array> | undefined;
  private errorHeaders: OutgoingHttpHeaders = {};
  private goneListener: (() => void) | undefined;
  private proceed: (() => void) | undefined;
  private isGone = false;
  private isComplete = false;

  constructor() {
    this.response = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get gone(): boolean {
    return this.isGone;
  }

  /** Gives the call up: whoever waits for the answer, or reads it, gets the reason. */
  giveUp(reason: unknown): void {
    if (this.isGone || this.isComplete) return;
    this.isGone = true;
    this.reject(reason);
    this.body?.error(reason);
    this.goneListener?.();
  }

  onGone(listener: () => void): void {
    this.goneListener = listener;
    if (this.isGone) listener();
  }

  setHeaders(headers: OutgoingHttpHeaders): void {
    this.errorHeaders = headers;
  }

  /** Answers with an error; the headers set before come with it. */
  refuse(status: number, headers: OutgoingHttpHeaders, body: string): void {
    this.writeHead(status, { ...this.errorHeaders, ...headers, 'content-type': 'application/json' });
    this.end(body);
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    if (this.isGone) return;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.body = controller;
        },
        pull: () => {
          const { proceed } = this;
          this.proceed = undefined;
          proceed?.();
        },
        cancel: (reason: unknown) => {
          this.giveUp(reason);
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: readAheadBytes }),
    );
    this.resolve(new Response(body, { status, headers: asHeaders(headers) }));
  }

  write(pieces: readonly Buffer[]): boolean {
    if (this.isGone) return true;
    for (const piece of pieces) this.enqueue(piece);
    return (this.body?.desiredSize ?? 0) > 0;
  }

  onDrain(proceed: () => void): void {
    this.proceed = proceed;
  }

  end(last?: Buffer | string): void {
    if (this.isGone) return;
    this.isComplete = true;
    if (last !== undefined) this.enqueue(Buffer.from(last));
    this.body?.close();
  }

  breakOff(): void {
    if (this.isGone) return;
    this.isComplete = true;
    this.body?.error(new Error('The provider broke off its answer.'));
  }

  /** A stream of bytes takes no empty ones. */
  private enqueue(piece: Buffer): void {
    if (piece.length > 0) this.body?.enqueue(piece);
  }
}

function asHeaders(headers: OutgoingHttpHeaders): Headers {
  const set = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) set.set(name, String(value));
  }
  return set;
}
