import type { TokenCounts } from '@signalbox/contracts';

/** Bytes around the text in an ordinary OpenAI answer (ids, names, finish reason). */
const ANSWER_ENVELOPE_BYTES = 300;
const BYTES_PER_TOKEN = 4;

/**
 * Token counts for an answer whose provider told none. The prompt is what was estimated before the call; the
 * answer is one token for every streamed event with data, or for every 4 bytes of a whole answer beyond 300
 * bytes of envelope. An embedding has no answer tokens: leave both out.
 */
export function estimateUsage(facts: {
  readonly promptTokens: number;
  readonly streamedEvents?: number;
  readonly answerBytes?: number;
}): TokenCounts {
  const streamed = facts.streamedEvents ?? 0;
  const whole = Math.ceil(Math.max(0, (facts.answerBytes ?? 0) - ANSWER_ENVELOPE_BYTES) / BYTES_PER_TOKEN);
  const completion = streamed + whole;
  return {
    prompt: facts.promptTokens,
    completion,
    total: facts.promptTokens + completion,
    source: 'estimated',
  };
}
