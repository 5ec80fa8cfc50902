import { createLogger, type Logger } from '@signalbox/platform';
import type { Bus } from '../bus.js';
import { connectBus } from '../connect-bus.js';

/** A logger whose lines can be read by the test, and awaited. */
export interface LoggedLines {
  readonly logger: Logger;
  readonly lines: Record<string, unknown>[];
  /** Resolves with the first line, past or future, whose message is this one. */
  line(message: string): Promise<Record<string, unknown>>;
}

export function loggedLines(): LoggedLines {
  const lines: Record<string, unknown>[] = [];
  let waiting: (() => void)[] = [];
  const write = (text: string): void => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
    for (const wake of waiting.splice(0)) wake();
  };
  const line = async (message: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = lines.find(({ msg }) => msg === message);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        waiting = [...waiting, resolve];
      });
    }
  };
  return { logger: createLogger({ service: 'test', level: 'debug', destination: { write } }), lines, line };
}

export function connectTestBus(url: string, logged = loggedLines()): Promise<Bus> {
  return connectBus({ servers: url, name: 'test', logger: logged.logger });
}

/** Collects what a handler is given; `next` waits for the next one. */
export class Inbox<Item> {
  private readonly items: Item[] = [];
  private readonly waiting: ((item: Item) => void)[] = [];

  readonly put = (item: Item): void => {
    const waiter = this.waiting.shift();
    if (waiter === undefined) this.items.push(item);
    else waiter(item);
  };

  next(): Promise<Item> {
    const item = this.items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }
}
