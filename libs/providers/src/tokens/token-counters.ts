import { countByLength, countTexts, type TokenCounter } from './count-texts.js';
import { loadTokenizer, type EncodingName } from './load-tokenizer.js';
import { rememberedCounts } from './remembered-counts.js';
import { largerFamily, tokenFamilyOf, type ModelName } from './token-family.js';
import type { Tokenizer } from './tokenizer.js';

/** The tokenizers of the models a configuration names. */
export class TokenCounters {
  private readonly counts: ReadonlyMap<EncodingName, (text: string) => number>;

  /** Without tokenizers it counts by length. */
  constructor(tokenizers: ReadonlyMap<EncodingName, Tokenizer> = new Map()) {
    const counts = [...tokenizers].map(
      ([encoding, tokenizer]) => [encoding, rememberedCounts((text) => tokenizer.count(text))] as const,
    );
    this.counts = new Map(counts);
  }

  /** Loads what these models need, some hundred milliseconds of work; a name with a `*` may be any. */
  static async load(models: Iterable<ModelName>): Promise<TokenCounters> {
    const needed = new Set<EncodingName>();
    for (const name of models) {
      needed.add(tokenFamilyOf(name).encoding);
      if (name.model.includes('*')) needed.add('o200k_base').add('cl100k_base');
    }
    const tokenizers = new Map<EncodingName, Tokenizer>();
    for (const encoding of needed) tokenizers.set(encoding, await loadTokenizer(encoding));
    return new TokenCounters(tokenizers);
  }

  /**
   * Counts for the one of these models that sees the most tokens. Without a model, or when its tokenizer was not loaded,
   * the texts are counted by their length.
   */
  counterFor(models: readonly ModelName[]): TokenCounter {
    if (models.length === 0) return countByLength;
    const { encoding, factor } = models.map(tokenFamilyOf).reduce(largerFamily);
    const count = this.counts.get(encoding);
    if (count === undefined) return countByLength;
    return (texts) => Math.ceil(countTexts(texts, count) * factor);
  }
}
