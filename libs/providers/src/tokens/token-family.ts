import type { EncodingName } from './load-tokenizer.js';

/** A model as its provider names it. */
export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

/** Models that see the same tokens in a text: by an encoding, or about so many times as many. */
export interface TokenFamily {
  readonly encoding: EncodingName;
  readonly factor: number;
}

const openai: TokenFamily = { encoding: 'o200k_base', factor: 1 };
const olderOpenai: TokenFamily = { encoding: 'cl100k_base', factor: 1 };
/** Not published. Comparisons find 16 % more than gpt-4o's for English, 30 % for code. */
const claude: TokenFamily = { encoding: 'o200k_base', factor: 1.25 };
/** Gemini, Llama, Mistral, Qwen and others: vocabularies of the same kind, most of them a little smaller. */
const others: TokenFamily = { encoding: 'o200k_base', factor: 1.1 };

/** gpt-4 and gpt-4-turbo but not gpt-4o, gpt-4.1 or Azure's gpt-41; gpt-3.5 and Azure's gpt-35; embeddings. */
const olderOpenaiNames = /gpt-?4(?![.\do])|gpt-?3|text-embedding-(?:3|ada)|(?:davinci|babbage)-002/i;
const openaiNames = /gpt|codex|(?:^|[^a-z])o\d(?!\d)/i;

/** The family of a model, by its name; a name at OpenAI or Azure that tells nothing is a new model of OpenAI's. */
export function tokenFamilyOf({ provider, model }: ModelName): TokenFamily {
  if (provider === 'anthropic' || /claude/i.test(model)) return claude;
  if (olderOpenaiNames.test(model)) return olderOpenai;
  if (openaiNames.test(model) || provider === 'openai' || provider === 'azure') return openai;
  return others;
}

/** Of two families the one that sees more tokens in a text. */
export function largerFamily(one: TokenFamily, other: TokenFamily): TokenFamily {
  if (one.factor !== other.factor) return one.factor > other.factor ? one : other;
  return one.encoding === 'cl100k_base' ? one : other;
}
