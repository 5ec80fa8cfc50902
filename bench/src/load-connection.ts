import { connect, type Socket } from 'node:net';
import { endsWithLastChunk, readMessageHead, type MessageHead } from './http-wire.js';

export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** One keep-alive connection that carries one request at a time. */
export class LoadConnection {
  private received: Buffer = Buffer.alloc(0);
  private head: MessageHead | undefined;
  private done: ((outcome: Outcome) => void) | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly expectedTail: Buffer,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.receive(bytes);
    });
    socket.on('error', (error) => {
      this.finish({ ok: false, error: error.message });
    });
    socket.on('close', () => {
      this.finish({ ok: false, error: 'connection closed' });
    });
  }

  static open(port: number, expectedTail: string): Promise<LoadConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => {
        socket.off('error', reject);
        resolve(new LoadConnection(socket, Buffer.from(expectedTail)));
      });
      socket.once('error', reject);
    });
  }

  send(request: Buffer, done: (outcome: Outcome) => void): void {
    this.done = done;
    this.socket.write(request);
  }

  close(): void {
    this.done = undefined;
    this.socket.destroy();
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  private receive(bytes: Buffer): void {
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes]);
    this.head ??= readMessageHead(this.received);
    if (this.head === undefined) return;
    const { bodyStart, bodyLength } = this.head;
    const complete =
      bodyLength === 'chunked'
        ? endsWithLastChunk(this.received)
        : this.received.length >= bodyStart + bodyLength;
    if (complete) this.finish(this.judge(this.head));
  }

  private judge(head: MessageHead): Outcome {
    const body = this.received.subarray(head.bodyStart);
    const tail = body.subarray(-(this.expectedTail.length + 16));
    if (head.text.startsWith('http/1.1 200') && tail.includes(this.expectedTail)) return { ok: true };
    return { ok: false, error: `${head.text.slice(0, 40)} ${body.toString('utf8', 0, 300)}` };
  }

  private finish(outcome: Outcome): void {
    const done = this.done;
    this.done = undefined;
    this.head = undefined;
    this.received = Buffer.alloc(0);
    done?.(outcome);
  }
}
