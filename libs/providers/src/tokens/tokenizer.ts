import { PieceMerger } from './piece-merger.js';
import { NO_TOKEN, type Vocabulary } from './vocabulary.js';

/**
 * Counts the tokens of a text as OpenAI's models see it: a pattern cuts it into pieces, a piece that is a token counts
 * one, any other is taken apart and merged. Names of special tokens in a text are text. Keeps nothing of what it
 * counted.
 */
export class Tokenizer {
  readonly #vocabulary: Vocabulary;
  readonly #merger: PieceMerger;
  readonly #piece: RegExp;

  /** @param piece matches the next piece, wherever in a text it is asked; no character is in none. */
  constructor(vocabulary: Vocabulary, piece: RegExp) {
    this.#vocabulary = vocabulary;
    this.#merger = new PieceMerger(vocabulary);
    this.#piece = new RegExp(piece.source, 'gu');
  }

  /** Never throws; half a surrogate pair counts as the replacement character that is sent for it. */
  count(text: string): number {
    const bytes = Buffer.from(text);
    let tokens = 0;
    let from = 0;
    let at = 0;
    this.#piece.lastIndex = 0;
    while (this.#piece.test(text)) {
      let to = from;
      for (; at < this.#piece.lastIndex; at++) to += bytesOfUnit(text, at);
      const isToken = this.#vocabulary.rankOf(bytes, from, to) !== NO_TOKEN;
      tokens += isToken ? 1 : this.#merger.count(bytes, from, to);
      from = to;
    }
    return tokens;
  }
}

/** How many bytes of UTF-8 a unit of UTF-16 adds; the first half of a pair adds those of both. */
function bytesOfUnit(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (isFirstHalf(unit)) return isSecondHalf(text.charCodeAt(at + 1)) ? 4 : 3;
  return isSecondHalf(unit) && isFirstHalf(text.charCodeAt(at - 1)) ? 0 : 3;
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isSecondHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
