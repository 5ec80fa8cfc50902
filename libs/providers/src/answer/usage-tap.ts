import type { TokenCounts } from '@signalbox/contracts';
import { EventCutter } from './event-cutter.js';
import { readStreamEvent } from './read-stream-event.js';

/** An event longer than this is passed on unread, so that memory stays bounded. */
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
  /** `data: [DONE]` was seen: the provider finished its answer. */
  done = false;
  /** The provider reported an error in the middle of its stream. */
  errored = false;
  /** Events with data, without `[DONE]` and without the usage event: about one per token. */
  dataEvents = 0;
  readonly #cutter: EventCutter;

  constructor(options: { readonly hideUsage: boolean }) {
    const { hideUsage } = options;
    this.#cutter = new EventCutter(MAX_EVENT_BYTES, (event) => this.#keeps(event, hideUsage));
  }

  /** Takes the next bytes of the answer; returns what to forward now, in order. */
  push(chunk: Buffer): Buffer[] {
    return this.#cutter.push(chunk);
  }

  /** The answer ended, well or not; returns the rest to forward. */
  end(): Buffer[] {
    return this.#cutter.end();
  }

  #keeps(event: Buffer | undefined, hideUsage: boolean): boolean {
    const reading = event === undefined ? { kind: 'data' as const } : readStreamEvent(event);
    if (reading.kind === 'none') return true;
    if (reading.kind === 'done') {
      this.done = true;
      return true;
    }
    if (reading.kind === 'error') this.errored = true;
    if (reading.usage !== undefined) this.usage = reading.usage;
    if (reading.kind === 'usage') return !hideUsage;
    this.dataEvents++;
    return true;
  }
}
