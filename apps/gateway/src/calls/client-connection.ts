import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AnswerClient } from '@signalbox/calls';
import type { FastifyReply } from 'fastify';

/**
 * The client's end of a call: writes to the socket directly, knows when the client has gone, and does not
 * wait for ever for one that has stopped reading.
 */
export class ClientConnection implements AnswerClient {
  private goneListener: (() => void) | undefined;
  private stall: NodeJS.Timeout | undefined;
  private isGone = false;
  /** By us: it is not the client that has gone. */
  private isBrokenOff = false;
  private readonly response: ServerResponse;

  constructor(
    private readonly reply: FastifyReply,
    /** How long a client may read nothing of what waits for it, milliseconds. */
    private readonly stallMs: number,
  ) {
    const response = reply.raw;
    this.response = response;
    response.once('close', () => {
      clearTimeout(this.stall);
      if (response.writableFinished || this.isBrokenOff) return;
      this.isGone = true;
      // Nobody is left to answer: Fastify must not try.
      reply.hijack();
      this.goneListener?.();
    });
  }

  /** The client hung up before its answer was complete. */
  get gone(): boolean {
    return this.isGone;
  }

  /** Calls the listener when the client goes, at once if it has gone; replaces the listener before. */
  onGone(listener: () => void): void {
    this.goneListener = listener;
    if (this.isGone) listener();
  }

  /** Headers of the answer that the error filter will send. */
  setHeaders(headers: OutgoingHttpHeaders): void {
    if (!this.isGone) void this.reply.headers(headers);
  }

  /** Takes the answer over from Fastify; what failed before this may still be answered by the error filter. */
  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    if (this.isGone) return;
    this.reply.hijack();
    this.response.writeHead(status, headers);
  }

  /** Writes pieces of an answer; false when the socket is full: wait for `onDrain`. */
  write(pieces: readonly Buffer[]): boolean {
    if (this.isGone) return true;
    if (pieces.length < 2) return pieces[0] === undefined || this.response.write(pieces[0]);
    this.response.cork();
    for (const piece of pieces) this.response.write(piece);
    this.response.uncork();
    return !this.response.writableNeedDrain;
  }

  /** Calls back once what waits has been read; a client that reads nothing for too long is cut off. */
  onDrain(proceed: () => void): void {
    this.startStall();
    this.response.once('drain', () => {
      clearTimeout(this.stall);
      proceed();
    });
  }

  end(last?: Buffer | string): void {
    if (this.isGone) return;
    if (last === undefined) this.response.end();
    else this.response.end(last);
    if (this.response.writableLength > 0) this.startStall();
  }

  breakOff(): void {
    this.isBrokenOff = true;
    this.response.destroy();
  }

  private startStall(): void {
    clearTimeout(this.stall);
    this.stall = setTimeout(() => {
      this.response.destroy();
    }, this.stallMs);
  }
}
