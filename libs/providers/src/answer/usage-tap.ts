import type { TokenCounts } from '@signalbox/contracts';
import type { TokenCounter } from '../tokens/count-texts.js';
import { EventCutter } from './event-cutter.js';
import { StreamEventReader, type StreamEventReading } from './read-stream-event.js';
import { StreamSample } from './stream-sample.js';

/** An event longer than this is passed on unread, unless more is told, so that memory stays bounded. */
export const MAX_EVENT_BYTES = 1024 * 1024;

/**
 * Watches an answer that streams as server-sent events on its way to the client: forwards the very bytes,
 * as slices of what came, and holds back only an event whose end has not come yet. It reads the provider's
 * usage where there is one, and swallows the event that carries nothing else when `hideUsage` is set.
 * How the bytes are cut into chunks changes nothing of what it forwards or finds.
 */
export class UsageTap {
  /** The provider's last word on tokens. */
  usage: TokenCounts | undefined;
  /** The last event was seen, `data: [DONE]` in a chat: the provider finished its answer. */
  done = false;
  /** The provider reported an error in the middle of its stream. */
  errored = false;
  /** Events with data, without `[DONE]` and without the usage event: about one per token. */
  dataEvents = 0;
  readonly #cutter: EventCutter;
  readonly #reader = new StreamEventReader();
  readonly #sample = new StreamSample();

  constructor(options: { readonly hideUsage: boolean; readonly maxEventBytes?: number }) {
    const { hideUsage, maxEventBytes = MAX_EVENT_BYTES } = options;
    this.#cutter = new EventCutter(maxEventBytes, (bytes, from, end) => {
      const kind = bytes === undefined ? this.#noteUnread() : this.#note(this.#reader.read(bytes, from, end));
      return kind !== 'usage' || !hideUsage;
    });
  }

  /** Takes the next bytes of the answer; returns what to forward now, in order. */
  push(chunk: Buffer): Buffer[] {
    this.#sample.push(chunk);
    return this.#cutter.push(chunk);
  }

  /** The answer ended, well or not; returns the rest to forward. */
  end(): Buffer[] {
    return this.#cutter.end();
  }

  /** Counts what came of the answer, for a stream without `usage`. */
  countAnswer(counter: TokenCounter): number {
    return this.#sample.count(this.dataEvents, counter);
  }

  #note(reading: StreamEventReading): StreamEventReading['kind'] {
    const { kind, usage } = reading;
    if (usage !== undefined) this.usage = usage;
    if (kind === 'done') this.done = true;
    if (kind === 'error') this.errored = true;
    if (kind === 'data' || kind === 'error') this.dataEvents++;
    return kind;
  }

  #noteUnread(): StreamEventReading['kind'] {
    this.dataEvents++;
    return 'data';
  }
}
