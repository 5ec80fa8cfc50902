import type { OutgoingHttpHeaders } from 'node:http';
import type { CallMode } from '@signalbox/contracts';
import { countCutAnswer, modeTraits, UsageTap, type UpstreamRequest } from '@signalbox/providers';
import { restampEvents } from './restamp-model.js';
import type { UpstreamHead } from './upstream/upstream-exchange.js';

/** Watches an answer on its way to the client. */
export type AnswerTap = Pick<UsageTap, 'usage' | 'done' | 'errored' | 'push' | 'end' | 'countAnswer'>;

/** How an answer is passed on that goes to the client as it comes. */
export interface Relay {
  readonly headers: OutgoingHttpHeaders;
  readonly tap: AnswerTap;
  /** Changes the bytes on their way to the client; the same bytes unless an alias asks for it. */
  readonly rewrite?: ((event: Buffer) => Buffer) | undefined;
  /** A break can be told as one more event; otherwise the connection breaks too. */
  readonly hasEvents: boolean;
}

export interface AnswerBegun {
  readonly head: UpstreamHead;
  readonly request: Pick<UpstreamRequest, 'streamed' | 'hideUsage'>;
  /** The name the answer's model is to have, if another. */
  readonly name: string | undefined;
  /** The longest answer that is held in memory, bytes. */
  readonly maxAnswerBytes: number;
}

/** How an answer is passed on that has begun to come; undefined: it is read as a whole first. */
export function relayOf(mode: CallMode, answer: AnswerBegun): Relay | undefined {
  const { passesTypes, answersText } = modeTraits[mode];
  const type = answer.head.headers['content-type'] ?? '';
  if (answer.request.streamed && type.startsWith('text/event-stream')) {
    // Images come in single events.
    return relayOfEvents(answer, answersText ? {} : { maxEventBytes: answer.maxAnswerBytes });
  }
  return passesTypes.some((passed) => type.startsWith(passed)) ? relayOfBytes(answer.head, type) : undefined;
}

function relayOfEvents({ request, name }: AnswerBegun, limit: { maxEventBytes?: number }): Relay {
  return {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      // nginx would otherwise hold the events back.
      'x-accel-buffering': 'no',
    },
    tap: new UsageTap({ hideUsage: request.hideUsage, ...limit }),
    rewrite: name === undefined ? undefined : restampEvents(name),
    hasEvents: true,
  };
}

/** Sounds, subtitles. */
function relayOfBytes({ headers }: UpstreamHead, type: string): Relay {
  const length = headers['content-length'];
  return {
    headers: { 'content-type': type, ...(length !== undefined && { 'content-length': length }) },
    tap: new ByteTap(type.startsWith('text/')),
    hasEvents: false,
  };
}

class ByteTap implements AnswerTap {
  readonly usage = undefined;
  readonly done = false;
  readonly errored = false;
  private bytes = 0;

  constructor(private readonly isText: boolean) {}

  push(chunk: Buffer): Buffer[] {
    this.bytes += chunk.length;
    return [chunk];
  }

  end(): Buffer[] {
    return [];
  }

  /** By length: nobody keeps what passes. */
  countAnswer(): number {
    return this.isText ? countCutAnswer(this.bytes) : 0;
  }
}
