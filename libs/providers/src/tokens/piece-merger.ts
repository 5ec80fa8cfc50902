import { MergeQueue } from './merge-queue.js';
import { NO_TOKEN, type Vocabulary } from './vocabulary.js';

/**
 * Longer pieces are merged in parts of so many bytes, each for itself. Words and numbers are far shorter; in a run of
 * anything else every part may add a token.
 */
export const MAX_PART_BYTES = 1024;
/** Stands for where the part behind the last one ends. */
const NOTHING = -1;

/**
 * Byte-pair encoding of one piece: of all neighbours that together are a token, those of the lowest rank are merged
 * first, of equals the leftmost, until no two are one. A queue tells which is next, so the work grows with the length of
 * the piece and not with its square.
 */
export class PieceMerger {
  readonly #vocabulary: Vocabulary;
  /** Rank and position as one number, which sorts by both. A merge takes one out and adds at most two. */
  readonly #queue = new MergeQueue(2 * MAX_PART_BYTES);
  // By position: where the token that begins there ends, where the one before it begins, and the rank of it together
  // with the one after it.
  readonly #ends = new Int32Array(MAX_PART_BYTES + 1);
  readonly #befores = new Int32Array(MAX_PART_BYTES + 1);
  readonly #ranks = new Int32Array(MAX_PART_BYTES + 1);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** How many tokens the bytes from here to there become. */
  count(bytes: Uint8Array, from: number, to: number): number {
    let tokens = 0;
    for (let start = from; start < to; start += MAX_PART_BYTES)
      tokens += this.#countPart(bytes, start, Math.min(to, start + MAX_PART_BYTES));
    return tokens;
  }

  #countPart(bytes: Uint8Array, from: number, to: number): number {
    this.#takeApart(bytes, from, to);
    let tokens = to - from;
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      const first = next % MAX_PART_BYTES;
      const rank = (next - first) / MAX_PART_BYTES;
      if (this.#ranks[first] !== rank) continue; // one of the two was merged with another meanwhile
      const second = this.#ends[first] ?? 0;
      const end = this.#ends[second] ?? 0;
      this.#ends[first] = end;
      this.#befores[end] = first;
      this.#ranks[second] = NO_TOKEN;
      tokens -= 1;
      this.#offer(bytes, from, first);
      if (first > 0) this.#offer(bytes, from, this.#befores[first] ?? 0);
    }
    return tokens;
  }

  /** Every byte a token of its own. */
  #takeApart(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    for (let at = 0; at < length; at++) {
      this.#ends[at] = at + 1;
      this.#befores[at + 1] = at;
    }
    this.#ends[length] = NOTHING;
    for (let at = 0; at < length; at++) this.#offer(bytes, from, at);
  }

  /** Puts the token at this position and the one after it into the queue, if the two make one. */
  #offer(bytes: Uint8Array, from: number, at: number): void {
    const end = this.#ends[this.#ends[at] ?? 0] ?? NOTHING;
    const rank = end === NOTHING ? NO_TOKEN : this.#vocabulary.rankOf(bytes, from + at, from + end);
    this.#ranks[at] = rank;
    if (rank !== NO_TOKEN) this.#queue.push(rank * MAX_PART_BYTES + at);
  }
}
