/** Stands for every sequence of bytes that is no token; above every rank. */
export const NO_TOKEN = 0x7fff_ffff;

/**
 * The tokens of an encoding and their ranks, found by their bytes. All of them lie in three arrays of numbers: a tenth
 * of the memory that as many strings take, and nothing is made per look-up.
 */
export class Vocabulary {
  /** The bytes of all tokens, one after another. */
  readonly #bytes: Uint8Array;
  /** Where the token of a rank begins; it ends where the next one begins. */
  readonly #starts: Uint32Array;
  /** Open addressing: rank + 1 at the first free slot after its hash, 0 where there is none. */
  readonly #slots: Uint32Array;
  readonly #longest: number;

  /** @param tokens by rank, as text or, where they are no text, as bytes; the list may have holes. */
  constructor(tokens: readonly (string | readonly number[])[]) {
    this.#starts = new Uint32Array(tokens.length + 1);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(tokens.length * 2)));
    let end = 0;
    let longest = 0;
    for (let rank = 0; rank < tokens.length; rank++) {
      const length = byteLengthOf(tokens[rank]);
      longest = Math.max(longest, length);
      this.#starts[rank + 1] = end += length;
    }
    this.#longest = longest;
    const bytes = Buffer.alloc(end);
    this.#bytes = bytes;
    for (let rank = 0; rank < tokens.length; rank++) {
      const token = tokens[rank];
      if (token === undefined) continue;
      const start = this.#starts[rank] ?? 0;
      if (typeof token === 'string') bytes.write(token, start);
      else bytes.set(token, start);
      this.#slots[this.#slotOf(bytes, start, this.#starts[rank + 1] ?? 0)] = rank + 1;
    }
  }

  /** The rank of the token that these bytes are, or `NO_TOKEN`. */
  rankOf(bytes: Uint8Array, from: number, to: number): number {
    if (to - from > this.#longest) return NO_TOKEN;
    const held = this.#slots[this.#slotOf(bytes, from, to)] ?? 0;
    return held === 0 ? NO_TOKEN : held - 1;
  }

  /** The slot that holds these bytes, or the free one where they would be. */
  #slotOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c_9dc5; // FNV-1a
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const held = this.#slots[slot] ?? 0;
      if (held === 0 || this.#isToken(held - 1, bytes, from, to)) return slot;
    }
  }

  #isToken(rank: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[rank] ?? 0;
    if ((this.#starts[rank + 1] ?? 0) - start !== to - from) return false;
    for (let at = from; at < to; at++) if (this.#bytes[start + at - from] !== bytes[at]) return false;
    return true;
  }
}

function byteLengthOf(token: string | readonly number[] | undefined): number {
  return typeof token === 'string' ? Buffer.byteLength(token) : (token?.length ?? 0);
}
