import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { UpstreamFailure, upstreamFailureOf, type UpstreamFailureKind } from './upstream-failure.js';

export interface UpstreamHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Takes the bytes of a streamed answer as they come; exactly one of `end` and `fail` comes last. */
export interface UpstreamSink {
  write(chunk: Buffer): void;
  end(): void;
  fail(failure: UpstreamFailure): void;
}

/**
 * One request to a provider and its answer. Written on undici's callbacks rather than on streams: nothing is
 * copied, and pausing reaches the socket at once.
 */
export class UpstreamExchange implements Dispatcher.DispatchHandler {
  /** Resolves with status and headers; rejects with an UpstreamFailure. */
  readonly head: Promise<UpstreamHead>;
  private resolveHead!: (head: UpstreamHead) => void;
  private rejectHead!: (failure: UpstreamFailure) => void;
  private controller: Dispatcher.DispatchController | undefined;
  private headSeen = false;
  private held: Buffer[] = [];
  private bytesHeld = 0;
  private holdLimit = Number.POSITIVE_INFINITY;
  private sink: UpstreamSink | undefined;
  private ended: 'whole' | UpstreamFailure | undefined;
  private onHeld: (() => void) | undefined;
  private deadline: NodeJS.Timeout | undefined;

  constructor() {
    this.head = new Promise((resolve, reject) => {
      this.resolveHead = resolve;
      this.rejectHead = reject;
    });
    // An exchange given up before anybody looks at its head must not end the process.
    this.head.catch(() => undefined);
  }

  /** Bytes of an answer that came and were handed to nobody yet. */
  get heldBytes(): number {
    return this.bytesHeld;
  }

  /** Gives the exchange so many milliseconds from now to end; replaces an earlier deadline, undefined lifts it. */
  setDeadline(milliseconds: number | undefined): void {
    clearTimeout(this.deadline);
    if (milliseconds === undefined || this.ended !== undefined) return;
    this.deadline = setTimeout(() => {
      this.abort('timed_out');
    }, milliseconds);
  }

  /** Gives up: closes the connection if there is one, or keeps it from being used once there is. */
  abort(kind: UpstreamFailureKind): void {
    if (this.ended !== undefined) return;
    const failure = new UpstreamFailure(kind);
    this.finish(failure);
    this.controller?.abort(failure);
  }

  pause(): void {
    this.controller?.pause();
  }

  resume(): void {
    this.controller?.resume();
  }

  /** Resolves with all bytes of the answer; an answer beyond the limit is `invalid`. */
  async collect(limitBytes: number): Promise<Buffer> {
    this.holdLimit = limitBytes;
    this.checkHeld();
    while (this.ended === undefined) await this.nextEvent();
    if (this.ended !== 'whole') throw this.ended;
    const [first, ...more] = this.held;
    return first !== undefined && more.length === 0 ? first : Buffer.concat(this.held);
  }

  /** Resolves once at least one byte has come or the answer has ended empty; throws if it failed before. */
  async firstByte(): Promise<void> {
    while (this.ended === undefined && this.bytesHeld === 0) await this.nextEvent();
    if (this.ended instanceof UpstreamFailure && this.bytesHeld === 0) throw this.ended;
  }

  /** Hands over what came so far and everything that follows. */
  pipe(sink: UpstreamSink): void {
    this.sink = sink;
    for (const chunk of this.held.splice(0)) sink.write(chunk);
    this.bytesHeld = 0;
    if (this.ended !== undefined) this.tellEnd(sink, this.ended);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Given up while it waited for a connection: nothing may be sent any more.
    if (this.ended instanceof UpstreamFailure) controller.abort(this.ended);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // 1xx answers only announce the real one.
    if (status < 200 || this.ended !== undefined) return;
    this.headSeen = true;
    if (status > 599) this.abort('invalid');
    else this.resolveHead({ status, headers: withOneContentType(headers) });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.ended !== undefined) return;
    if (this.sink !== undefined) {
      this.sink.write(chunk);
      return;
    }
    this.held.push(chunk);
    this.bytesHeld += chunk.length;
    this.checkHeld();
    this.wake();
  }

  onResponseEnd(): void {
    this.finish('whole');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.finish(upstreamFailureOf(error, this.headSeen));
  }

  private finish(end: 'whole' | UpstreamFailure): void {
    if (this.ended !== undefined) return;
    this.ended = end;
    clearTimeout(this.deadline);
    if (end !== 'whole') this.rejectHead(end);
    this.wake();
    if (this.sink !== undefined) this.tellEnd(this.sink, end);
  }

  private tellEnd(sink: UpstreamSink, end: 'whole' | UpstreamFailure): void {
    if (end === 'whole') sink.end();
    else sink.fail(end);
  }

  private checkHeld(): void {
    if (this.bytesHeld > this.holdLimit) this.abort('invalid');
  }

  private nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      this.onHeld = resolve;
    });
  }

  private wake(): void {
    const resolve = this.onHeld;
    this.onHeld = undefined;
    resolve?.();
  }
}

/** undici lists a header that came several times; of this one the first counts, as for Node's own client. */
function withOneContentType(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const types = headers['content-type'] as string | string[] | undefined;
  return Array.isArray(types) ? { ...headers, 'content-type': types[0] } : headers;
}
