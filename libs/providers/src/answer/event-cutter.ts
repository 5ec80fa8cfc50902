const LF = 0x0a;
const CR = 0x0d;

/**
 * Judges the event that stands in `bytes` from `from` to `end`: whether its bytes are forwarded. An event too long to be
 * read comes without bytes and is forwarded in any case.
 */
export type EventJudge = (bytes: Buffer | undefined, from: number, end: number) => boolean;

/**
 * Cuts a stream of server-sent events at its blank lines (`\n\n`, `\r\n\r\n`), asks a judge about every
 * complete event, and gives back the bytes of those kept as slices of what came in. It holds no more than
 * `maxEventBytes` of an event: a longer one goes through unread.
 */
export class EventCutter {
  readonly #maxEventBytes: number;
  readonly #keeps: EventJudge;
  /** Pieces of an event whose end has not come. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The event under way became too long: its bytes go straight through. */
  #passing = false;
  /** What the last bytes were, for a blank line that is split over two chunks. */
  #tail: 'none' | 'lf' | 'lf-cr' = 'none';

  constructor(maxEventBytes: number, keeps: EventJudge) {
    this.#maxEventBytes = maxEventBytes;
    this.#keeps = keeps;
  }

  push(chunk: Buffer): Buffer[] {
    if (chunk.length === 0) return [];
    const out: Buffer[] = [];
    let start = 0;
    const isFresh = this.#heldBytes === 0 && !this.#passing;
    if (!isFresh) {
      start = this.#finishHeld(chunk, out);
      if (start === 0) {
        this.#hold(chunk, out);
        return out;
      }
    }
    const rest = this.#cutWhole(chunk, start, out);
    if (rest < chunk.length) this.#hold(chunk.subarray(rest), out);
    return out;
  }

  end(): Buffer[] {
    const pieces = this.#takeHeld();
    if (pieces.length === 0) return [];
    const event = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    return this.#keeps(event, 0, event.length) ? [event] : [];
  }

  /** Ends the event under way inside `chunk`; returns where the next one starts, 0 when it goes on. */
  #finishHeld(chunk: Buffer, out: Buffer[]): number {
    const end = seamEnd(this.#tail, chunk) ?? blankLineEnd(chunk, 0);
    if (end < 0) return 0;
    const last = chunk.subarray(0, end);
    if (this.#passing || this.#heldBytes + end > this.#maxEventBytes) {
      if (!this.#passing) this.#keeps(undefined, 0, 0);
      out.push(...this.#takeHeld(), last);
    } else {
      const event = Buffer.concat([...this.#takeHeld(), last]);
      if (this.#keeps(event, 0, event.length)) out.push(event);
    }
    this.#passing = false;
    this.#tail = 'none';
    return end;
  }

  /** Cuts the events that lie whole inside `chunk` from `start` on; returns where the incomplete one starts. */
  #cutWhole(chunk: Buffer, start: number, out: Buffer[]): number {
    let keptFrom = start;
    let at = start;
    for (let end = blankLineEnd(chunk, at); end >= 0; end = blankLineEnd(chunk, at)) {
      const isReadable = end - at <= this.#maxEventBytes;
      if (!this.#keeps(isReadable ? chunk : undefined, at, end) && isReadable) {
        if (at > keptFrom) out.push(chunk.subarray(keptFrom, at));
        keptFrom = end;
      }
      at = end;
    }
    if (at > keptFrom) out.push(keptFrom === 0 && at === chunk.length ? chunk : chunk.subarray(keptFrom, at));
    return at;
  }

  #hold(piece: Buffer, out: Buffer[]): void {
    this.#tail = tailOf(this.#tail, piece);
    if (this.#passing) {
      out.push(piece);
      return;
    }
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes <= this.#maxEventBytes) return;
    this.#passing = true;
    this.#keeps(undefined, 0, 0);
    out.push(...this.#takeHeld());
  }

  #takeHeld(): Buffer[] {
    const pieces = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return pieces;
  }
}

/** Offset behind the next blank line at or after `from`, or -1. */
function blankLineEnd(chunk: Buffer, from: number): number {
  for (let lf = chunk.indexOf(LF, from); lf >= 0; lf = chunk.indexOf(LF, lf + 1)) {
    if (chunk[lf + 1] === LF) return lf + 2;
    if (chunk[lf + 1] === CR && chunk[lf + 2] === LF) return lf + 3;
  }
  return -1;
}

/** Where a blank line that began in the chunk before ends in this one. */
function seamEnd(tail: 'none' | 'lf' | 'lf-cr', chunk: Buffer): number | undefined {
  if (tail === 'none') return undefined;
  if (chunk[0] === LF) return 1;
  return tail === 'lf' && chunk[0] === CR && chunk[1] === LF ? 2 : undefined;
}

function tailOf(before: 'none' | 'lf' | 'lf-cr', piece: Buffer): 'none' | 'lf' | 'lf-cr' {
  const last = piece[piece.length - 1];
  if (last === LF) return 'lf';
  if (last !== CR) return 'none';
  const isAfterLf = piece.length > 1 ? piece[piece.length - 2] === LF : before === 'lf';
  return isAfterLf ? 'lf-cr' : 'none';
}
