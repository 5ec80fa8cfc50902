import { fault, type UsageRecord } from '@signalbox/contracts';
import { errorEnvelope } from './errors/error-envelope.js';
import { httpFailureOf } from './errors/http-failure.js';
import type { UpstreamExchange, UpstreamSink } from './upstream/upstream-exchange.js';
import type { UpstreamFailure } from './upstream/upstream-failure.js';
import type { AnswerClient } from './answer-client.js';
import type { Relay } from './relay.js';

export interface StreamParts {
  readonly exchange: UpstreamExchange;
  readonly client: AnswerClient;
  readonly relay: Relay;
}

/**
 * Passes a streamed answer on as it comes, at the pace the client reads it, and resolves with how it ended.
 * A stream that breaks is ended with an error event, or by closing the connection: the client must not take the part for
 * the whole.
 */
export function answerStream(parts: StreamParts): Promise<UsageRecord['outcome']> {
  return new Promise((resolve) => {
    parts.exchange.pipe(new StreamRelay(parts, resolve));
  });
}

/**
 * What one reading of the socket brings is passed on in one piece: providers send bursts of small chunks, and writing
 * a chunk costs more than copying it. Nothing waits for a later turn of the event loop.
 */
class StreamRelay implements UpstreamSink {
  private gathered: Buffer[] = [];
  private isPaused = false;

  constructor(
    private readonly parts: StreamParts,
    private readonly finish: (outcome: UsageRecord['outcome']) => void,
  ) {}

  write(chunk: Buffer): void {
    if (this.gathered.push(chunk) > 1) return;
    queueMicrotask(() => {
      this.passOn();
    });
  }

  private passOn(): void {
    const { client, exchange } = this.parts;
    if (client.write(this.takeGathered()) || this.isPaused) return;
    this.isPaused = true;
    exchange.pause();
    client.onDrain(() => {
      this.isPaused = false;
      exchange.resume();
    });
  }

  end(): void {
    const { client, relay } = this.parts;
    const { tap } = relay;
    client.write([...this.takeGathered(), ...this.rewritten(tap.end())]);
    client.end();
    this.finish(client.gone ? 'client_disconnected' : tap.errored ? 'upstream_broken' : 'succeeded');
  }

  fail(failure: UpstreamFailure): void {
    const { client, relay } = this.parts;
    client.write(this.takeGathered());
    // Everything was said before the connection broke.
    if (relay.tap.done) {
      this.end();
      return;
    }
    // The event that has not ended is left out: half of it is not JSON. The blank line ends one too long to be held.
    if (!relay.hasEvents) client.breakOff();
    else if (failure.kind !== 'client_gone') client.end(`\n\n${errorEvent(failure)}`);
    this.finish(failure.kind === 'invalid' ? 'upstream_broken' : failure.outcome);
  }

  /** What of the bytes that came may be passed on. */
  private takeGathered(): Buffer[] {
    const [first, ...more] = this.gathered;
    if (first === undefined) return [];
    const bytes = more.length === 0 ? first : Buffer.concat(this.gathered);
    this.gathered = [];
    return this.rewritten(this.parts.relay.tap.push(bytes));
  }

  private rewritten(pieces: Buffer[]): Buffer[] {
    const { rewrite } = this.parts.relay;
    return rewrite === undefined ? pieces : pieces.map(rewrite);
  }
}

function errorEvent(failure: UpstreamFailure): string {
  const message = failure.kind === 'timed_out' ? undefined : 'The provider broke off its answer.';
  const envelope = errorEnvelope(httpFailureOf(fault(failure.code, message), 'signalbox'));
  return `data: ${JSON.stringify(envelope)}\n\n`;
}
