import type { TokenCounts } from '@signalbox/contracts';
import { readUsage } from './read-usage.js';

/** What one server-sent event is. `usage` carries nothing but the usage, `done` is the last; `none` has no data. */
export interface StreamEventReading {
  readonly kind: 'none' | 'data' | 'usage' | 'error' | 'done';
  readonly usage?: TokenCounts | undefined;
}

const none: StreamEventReading = { kind: 'none' };
const done: StreamEventReading = { kind: 'done' };
const data: StreamEventReading = { kind: 'data' };

/**
 * Ends every number of a usage object and stands nowhere else: in what a model says its quote is escaped. Most
 * providers send `"usage":null` in every event, so the word `usage` itself would find too much.
 */
const usageNeedle = Buffer.from('_tokens"');
const dataField = [...Buffer.from('data:')];
/** How errors begin: in chats, and in the streams whose events have a `type`. */
const errorStarts = ['{"error"', '{"type":"error"', '{"type":"response.failed"'].map((text) => [
  ...Buffer.from(text),
]);
const doneText = [...Buffer.from('[DONE]')];

/** Reads events without parsing them, unless they hold token counts or start with an error. */
export class StreamEventReader {
  /** Where the next usage stands in the bytes read last: one native search serves all their events. */
  #bytes: Buffer | undefined;
  #nextUsage = -1;

  /** Reads the event that stands in `bytes` from `from` to `end`. */
  read(bytes: Buffer, from: number, end: number): StreamEventReading {
    const start = dataStart(bytes, from, end);
    if (start < 0) return none;
    if (startsWith(bytes, start, doneText)) return done;
    if (!this.#holdsUsage(bytes, from, end) && !startsLikeError(bytes, start)) return data;
    return readParsed(bytes.toString('utf8', from, end));
  }

  #holdsUsage(bytes: Buffer, from: number, end: number): boolean {
    if (bytes !== this.#bytes || this.#nextUsage < from) {
      const next = bytes.indexOf(usageNeedle, from);
      this.#bytes = bytes;
      this.#nextUsage = next < 0 ? Infinity : next;
    }
    return this.#nextUsage < end;
  }
}

/** Offset of the first data field's value, or -1. */
function dataStart(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end) {
    if (startsWith(bytes, at, dataField)) {
      at += dataField.length;
      while (bytes[at] === 0x20) at++;
      return at;
    }
    const lineEnd = bytes.indexOf(0x0a, at);
    if (lineEnd < 0) return -1;
    at = lineEnd + 1;
  }
  return -1;
}

function startsWith(bytes: Buffer, at: number, text: readonly number[]): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
  return true;
}

function startsLikeError(bytes: Buffer, at: number): boolean {
  return errorStarts.some((text) => startsWith(bytes, at, text));
}

function readParsed(event: string): StreamEventReading {
  const json = parse(dataOf(event));
  if (json === undefined) return data;
  const { type, response, choices } = json;
  const usage = readUsage(json['usage'] ?? (isRecord(response) ? response['usage'] : undefined));
  const isError = type === 'error' || type === 'response.failed';
  if (isError || (json['error'] !== undefined && json['error'] !== null)) return { kind: 'error', usage };
  // Streams whose events have a type say what they used in their last one.
  if (typeof type === 'string' && usage !== undefined) return { kind: 'done', usage };
  const carriesUsageOnly = usage !== undefined && Array.isArray(choices) && choices.length === 0;
  return { kind: carriesUsageOnly ? 'usage' : 'data', usage };
}

/** The event's data fields joined as the standard says. */
function dataOf(event: string): string {
  return event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
