import type { OtherTokens, TokenCounts, UsageRecord } from '@signalbox/contracts';
import { readableText } from '../readable-text.js';

/** Most tokens of one attempt: what sums of many attempts still hold. */
const mostTokens = 1e12;

/**
 * An attempt as `append-attempts` reads it, by the names of the columns, and so that Postgres takes it whatever it holds:
 * one that it refused would hold up its whole batch, for ever.
 * @param now milliseconds since 1970: an attempt that says it began later began now.
 */
export function ledgerRow(record: UsageRecord, now: number) {
  const { tokens } = record;
  return {
    attempt_id: readable(record.attemptId),
    request_id: readable(record.requestId),
    started_at: new Date(Math.max(0, Math.min(record.startedAt, now))).toISOString(),
    duration_ms: record.durationMs,
    first_byte_ms: record.firstByteMs,
    outcome: record.outcome,
    upstream_status: record.upstreamStatus,
    streamed: record.streamed,
    mode: readable(record.mode),
    deployment_id: readable(record.deploymentId),
    model_group: readable(record.modelGroup),
    provider: readable(record.provider),
    provider_model: readable(record.providerModel),
    region: readable(record.region),
    key_hash: readable(record.keyHash),
    team_id: readable(record.teamId),
    user_id: readable(record.userId),
    end_user_id: readable(record.endUserId),
    tags: (record.tags ?? []).map(readableText),
    prompt_tokens: countable(tokens.prompt),
    answer_tokens: countable(tokens.completion),
    total_tokens: countable(tokens.total),
    cached_tokens: countable(tokens.cached),
    reasoning_tokens: countable(tokens.reasoning),
    other_tokens: otherTokens(tokens),
    token_source: tokens.source,
    cost_nano_dollars: record.costNanoDollars,
  };
}

function readable(text: string | null | undefined): string | undefined {
  return text == null ? undefined : readableText(text);
}

const otherKinds = {
  cacheWritten: 'cache_written_tokens',
  promptAudio: 'prompt_audio_tokens',
  promptImage: 'prompt_image_tokens',
  completionAudio: 'completion_audio_tokens',
  completionImage: 'completion_image_tokens',
} as const satisfies Partial<Record<keyof TokenCounts, keyof OtherTokens>>;

/** Most attempts have none of these. */
function otherTokens(tokens: TokenCounts): OtherTokens | undefined {
  const kinds = Object.keys(otherKinds) as (keyof typeof otherKinds)[];
  const used = kinds.filter((kind) => tokens[kind] !== undefined);
  if (used.length === 0) return undefined;
  return Object.fromEntries(used.map((kind) => [otherKinds[kind], countable(tokens[kind])]));
}

function countable(tokens = 0): number {
  return Math.min(tokens, mostTokens);
}
