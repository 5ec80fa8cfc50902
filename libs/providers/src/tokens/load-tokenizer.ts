import { Tokenizer } from './tokenizer.js';
import { Vocabulary } from './vocabulary.js';

/** OpenAI's encodings: `o200k_base` since gpt-4o, `cl100k_base` before and for embeddings. */
export type EncodingName = 'o200k_base' | 'cl100k_base';

const tokenizers = new Map<EncodingName, Promise<Tokenizer>>();

/**
 * Loads an encoding out of the data that comes with `gpt-tokenizer`, once per process. Nothing else runs for some
 * tenths of a second: at start, not in a call.
 */
export function loadTokenizer(encoding: EncodingName): Promise<Tokenizer> {
  const known = tokenizers.get(encoding);
  if (known !== undefined) return known;
  const loading = encoding === 'o200k_base' ? loadO200k() : loadCl100k();
  tokenizers.set(encoding, loading);
  return loading;
}

async function loadO200k(): Promise<Tokenizer> {
  const { O200K_TOKEN_SPLIT_REGEX } = await import('gpt-tokenizer/encodingParams/constants');
  const { default: tokens } = await import('gpt-tokenizer/bpeRanks/o200k_base');
  return warmedUp(new Tokenizer(new Vocabulary(tokens), O200K_TOKEN_SPLIT_REGEX));
}

async function loadCl100k(): Promise<Tokenizer> {
  const { CL100K_TOKEN_SPLIT_REGEX } = await import('gpt-tokenizer/encodingParams/constants');
  const { default: tokens } = await import('gpt-tokenizer/bpeRanks/cl100k_base');
  return warmedUp(new Tokenizer(new Vocabulary(tokens), CL100K_TOKEN_SPLIT_REGEX));
}

/** Until the engine has compiled its loops a tokenizer takes ten times as long: let that be over before the first call. */
function warmedUp(tokenizer: Tokenizer): Tokenizer {
  const texts = ['a', ' ', '的', 'word and '].map((run) => run.repeat(2_000));
  for (const text of [...texts, ...texts, ...texts]) tokenizer.count(text);
  return tokenizer;
}
