import {
  CallModeSchema,
  nanoDollarsPerDollar,
  type AttemptRow,
  type CallMode,
  type Names,
} from '@signalbox/contracts';
import type { TableRow } from './csv.js';
import { keyAlias, teamName } from './spend-rows.js';

const callTypes: Readonly<Record<CallMode, string>> = {
  chat: 'acompletion',
  completion: 'atext_completion',
  responses: 'aresponses',
  embedding: 'aembedding',
  moderation: 'amoderation',
  image_generation: 'aimage_generation',
  image_edit: 'aimage_edit',
  audio_speech: 'aspeech',
  audio_transcription: 'atranscription',
  audio_translation: 'atranscription',
};

function callTypeOf(mode: string | null): string {
  const known = CallModeSchema.safeParse(mode);
  return known.success ? callTypes[known.data] : '';
}

/**
 * An attempt as LiteLLM's `SpendLogs` shows it. A call that was tried again has a row for every attempt, with the same
 * `request_id`. Where nobody knows the price `spend` is 0, as LiteLLM has it, and `is_priced` false.
 */
export function spendLog(attempt: AttemptRow, names: Names) {
  const startedAt = Date.parse(attempt.started_at);
  const { duration_ms: durationMs, first_byte_ms: firstByteMs, other_tokens: others } = attempt;
  return {
    request_id: attempt.request_id,
    attempt_id: attempt.attempt_id,
    call_type: callTypeOf(attempt.mode),
    api_key: attempt.key_hash ?? '',
    spend: (attempt.nano_dollars ?? 0) / nanoDollarsPerDollar,
    is_priced: attempt.nano_dollars !== null,
    total_tokens: attempt.total_tokens,
    prompt_tokens: attempt.prompt_tokens,
    completion_tokens: attempt.completion_tokens,
    startTime: attempt.started_at,
    endTime: new Date(startedAt + durationMs).toISOString(),
    completionStartTime: firstByteMs === null ? null : new Date(startedAt + firstByteMs).toISOString(),
    request_duration_ms: durationMs,
    model: attempt.provider_model ?? '',
    model_id: attempt.deployment_id,
    model_group: attempt.model_group,
    custom_llm_provider: attempt.provider ?? '',
    user: attempt.user_id ?? '',
    team_id: attempt.team_id,
    end_user: attempt.end_user_id ?? '',
    request_tags: attempt.tags,
    cache_hit: 'False',
    status: hasFailed(attempt) ? 'failure' : 'success',
    metadata: {
      user_api_key_alias: keyAlias(names, attempt.key_hash ?? ''),
      user_api_key_team_alias: teamName(names, attempt.team_id ?? ''),
      outcome: attempt.outcome,
      upstream_status: attempt.upstream_status,
      streamed: attempt.streamed,
      region: attempt.region,
      cached_tokens: attempt.cached_tokens,
      reasoning_tokens: attempt.reasoning_tokens,
      cache_written_tokens: others.cache_written_tokens ?? 0,
      prompt_audio_tokens: others.prompt_audio_tokens ?? 0,
      prompt_image_tokens: others.prompt_image_tokens ?? 0,
      completion_audio_tokens: others.completion_audio_tokens ?? 0,
      completion_image_tokens: others.completion_image_tokens ?? 0,
      token_source: attempt.token_source,
    },
  };
}

/** The same as one line of a table. */
export function spendLogLine(attempt: AttemptRow, names: Names): TableRow {
  const { request_tags: tags, metadata, is_priced: isPriced, spend, ...log } = spendLog(attempt, names);
  return { ...log, spend: isPriced ? spend : null, request_tags: tags.join(' '), ...metadata };
}

/** A client that hung up is no failure of the provider. */
function hasFailed({ outcome }: AttemptRow): boolean {
  return outcome !== 'succeeded' && outcome !== 'client_disconnected';
}
