import type { TokenCounts } from '@signalbox/contracts';

/**
 * More than any one answer can have used. What is taken for true is added up for a day in 64-bit integers, so a
 * provider that says absurd numbers must not be able to fill them.
 */
const mostTokens = 1_000_000_000;

/**
 * Reads the `usage` object of a chat, completion or embedding answer. Missing parts are completed from the
 * others; anything that is not a whole, non-negative and believable number makes the whole object worthless:
 * undefined.
 */
export function readUsage(usage: unknown): TokenCounts | undefined {
  if (!isRecord(usage)) return undefined;
  const prompt = count(usage['prompt_tokens'] ?? usage['input_tokens']);
  const completion = count(usage['completion_tokens'] ?? usage['output_tokens']);
  const total = count(usage['total_tokens']);
  if (prompt === 'garbage' || completion === 'garbage' || total === 'garbage') return undefined;
  if (prompt === undefined && total === undefined) return undefined;
  const promptTokens = prompt ?? Math.max(0, (total ?? 0) - (completion ?? 0));
  // Some providers leave what the model thought out of the answer; it is in their total, and on their bill.
  const completionTokens = Math.max(completion ?? 0, (total ?? 0) - promptTokens);
  return {
    prompt: promptTokens,
    completion: completionTokens,
    total: promptTokens + completionTokens,
    ...kindsOf(cacheKinds, usage),
    ...kindsOf(promptKinds, usage['prompt_tokens_details'] ?? usage['input_tokens_details']),
    ...kindsOf(completionKinds, usage['completion_tokens_details'] ?? usage['output_tokens_details']),
    source: 'provider',
  };
}

type TokenKind = Exclude<keyof TokenCounts, 'prompt' | 'completion' | 'total' | 'source'>;

/** The cache as DeepSeek, and Anthropic's models behind other gateways, tell of it: beside the details. */
const cacheKinds: readonly (readonly [string, TokenKind])[] = [
  ['prompt_cache_hit_tokens', 'cached'],
  ['cache_read_input_tokens', 'cached'],
  ['cache_creation_input_tokens', 'cacheWritten'],
];
/** Kinds of tokens as providers spell them in the details. Those of which there were none are left out. */
const promptKinds: typeof cacheKinds = [
  ['cached_tokens', 'cached'],
  ['cache_write_tokens', 'cacheWritten'],
  ['cache_creation_tokens', 'cacheWritten'],
  ['audio_tokens', 'promptAudio'],
  ['image_tokens', 'promptImage'],
];
const completionKinds: typeof cacheKinds = [
  ['reasoning_tokens', 'reasoning'],
  ['audio_tokens', 'completionAudio'],
  ['image_tokens', 'completionImage'],
];

function kindsOf(kinds: typeof cacheKinds, details: unknown): Partial<Record<TokenKind, number>> {
  const counts: Partial<Record<TokenKind, number>> = {};
  if (!isRecord(details)) return counts;
  for (const [spelling, kind] of kinds) {
    const tokens = count(details[spelling]);
    if (typeof tokens === 'number' && tokens > 0) counts[kind] = tokens;
  }
  return counts;
}

function count(value: unknown): number | undefined | 'garbage' {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostTokens
    ? value
    : 'garbage';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
