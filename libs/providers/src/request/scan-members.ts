/** Where one top-level member of a JSON object lies in its bytes. */
export interface MemberSpan {
  readonly key: string;
  /** Offset of the key's opening quote. */
  readonly start: number;
  readonly valueStart: number;
  /** Offset behind the value's last byte. */
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Finds the top-level members of a JSON object without decoding its values: strings, where nearly all
 * bytes of a call are, are skipped with native searches. Returns undefined for anything it does not
 * understand at once (not an object, an escaped key, unbalanced brackets); it does not prove that the
 * bytes are valid JSON, but never reads past them.
 */
export function scanMembers(bytes: Buffer): MemberSpan[] | undefined {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACE) return undefined;
  const members: MemberSpan[] = [];
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACE) return atEnd(bytes, at + 1) ? members : undefined;
  for (;;) {
    const member = scanMember(bytes, at);
    if (member === undefined) return undefined;
    members.push(member);
    at = skipSpace(bytes, member.end);
    if (bytes[at] === CLOSE_BRACE) return atEnd(bytes, at + 1) ? members : undefined;
    if (bytes[at] !== COMMA) return undefined;
    at = skipSpace(bytes, at + 1);
  }
}

function scanMember(bytes: Buffer, start: number): MemberSpan | undefined {
  if (bytes[start] !== QUOTE) return undefined;
  const keyEnd = endOfString(bytes, start);
  if (keyEnd < 0) return undefined;
  const key = bytes.toString('utf8', start + 1, keyEnd - 1);
  if (key.includes('\\')) return undefined;
  const colon = skipSpace(bytes, keyEnd);
  if (bytes[colon] !== COLON) return undefined;
  const valueStart = skipSpace(bytes, colon + 1);
  const end = endOfValue(bytes, valueStart);
  return end <= valueStart ? undefined : { key, start, valueStart, end };
}

function endOfValue(bytes: Buffer, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return endOfString(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(bytes, start);
  let at = start;
  while (at < bytes.length && !endsScalar(bytes[at])) at++;
  return at;
}

/** Offset behind the bracket that closes the one at `start`, or -1. */
function endOfNested(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at) - 1;
      if (at < 0) return -1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/**
 * Offset behind the quote that closes the string at `start`, or -1. Short strings and those full of escapes are
 * walked through; a native search, which costs as much as walking some 64 bytes, leaps over the long ones.
 */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  for (;;) {
    const near = Math.min(at + 64, bytes.length);
    while (at < near) {
      const byte = bytes[at];
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    const quote = at < bytes.length ? bytes.indexOf(QUOTE, at) : -1;
    if (quote < 0) return -1;
    let backslashes = 0;
    while (quote - 1 - backslashes >= at && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function atEnd(bytes: Buffer, from: number): boolean {
  return skipSpace(bytes, from) === bytes.length;
}
