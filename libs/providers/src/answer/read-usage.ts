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
  const completionTokens = completion ?? Math.max(0, (total ?? promptTokens) - promptTokens);
  return {
    prompt: promptTokens,
    completion: completionTokens,
    total: Math.max(total ?? 0, promptTokens + completionTokens),
    ...detail('cached', usage['prompt_tokens_details'] ?? usage['input_tokens_details'], 'cached_tokens'),
    ...detail(
      'reasoning',
      usage['completion_tokens_details'] ?? usage['output_tokens_details'],
      'reasoning_tokens',
    ),
    source: 'provider',
  };
}

function detail(
  name: 'cached' | 'reasoning',
  details: unknown,
  key: string,
): { cached?: number; reasoning?: number } {
  const tokens = isRecord(details) ? count(details[key]) : undefined;
  return typeof tokens === 'number' ? { [name]: tokens } : {};
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
