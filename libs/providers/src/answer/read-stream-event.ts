import type { TokenCounts } from '@signalbox/contracts';
import { readUsage } from './read-usage.js';

/** What one server-sent event is. `usage` carries nothing but the usage; `none` has no data. */
export interface StreamEventReading {
  readonly kind: 'none' | 'data' | 'usage' | 'error' | 'done';
  readonly usage?: TokenCounts | undefined;
}

const none: StreamEventReading = { kind: 'none' };
const done: StreamEventReading = { kind: 'done' };
const data: StreamEventReading = { kind: 'data' };
const usageKey = Buffer.from('"usage"');
const errorKey = Buffer.from('"error"');
const DATA = Buffer.from('data:');
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/**
 * Reads an event without parsing it, unless it holds a `"usage"` with an object behind it (providers
 * send `"usage":null` in every event before the last) or starts with `"error"`.
 */
export function readStreamEvent(event: Buffer): StreamEventReading {
  const start = dataStart(event);
  if (start < 0) return none;
  if (event[start] === OPEN_BRACKET && event.toString('latin1', start, start + 6) === '[DONE]') return done;
  const mayHoldUsage = holdsUsageObject(event, start);
  if (!mayHoldUsage && !startsWithError(event, start)) return data;
  return readParsed(event);
}

/** Offset of the first data field's value, or -1. */
function dataStart(event: Buffer): number {
  let at = 0;
  while (event[at] === 0x0a || event[at] === 0x0d) at++;
  if (event.compare(DATA, 0, DATA.length, at, Math.min(at + DATA.length, event.length)) !== 0) {
    const next = event.indexOf('\ndata:', at);
    if (next < 0) return -1;
    at = next + 1;
  }
  at += DATA.length;
  while (event[at] === 0x20) at++;
  return at;
}

function holdsUsageObject(event: Buffer, start: number): boolean {
  for (let key = event.indexOf(usageKey, start); key >= 0; key = event.indexOf(usageKey, key + 1)) {
    let at = key + usageKey.length;
    while (event[at] === 0x20 || event[at] === 0x3a || event[at] === 0x09) at++;
    if (event[at] === OPEN_BRACE) return true;
  }
  return false;
}

function startsWithError(event: Buffer, start: number): boolean {
  if (event[start] !== OPEN_BRACE) return false;
  let at = start + 1;
  while (event[at] === 0x20) at++;
  return event.compare(errorKey, 0, errorKey.length, at, Math.min(at + errorKey.length, event.length)) === 0;
}

function readParsed(event: Buffer): StreamEventReading {
  const json = parse(dataOf(event));
  if (json === undefined) return data;
  const usage = readUsage(json['usage']);
  const choices = json['choices'];
  if (json['error'] !== undefined && json['error'] !== null) return { kind: 'error', usage };
  const carriesUsageOnly = usage !== undefined && Array.isArray(choices) && choices.length === 0;
  return { kind: carriesUsageOnly ? 'usage' : 'data', usage };
}

/** The event's data fields joined as the standard says. */
function dataOf(event: Buffer): string {
  return event
    .toString()
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
