import { Prisma } from '@signalbox/database';
import { failedOutcomes } from '../failed-outcomes.js';

const failed = Prisma.sql`(${Prisma.join([...failedOutcomes])})`;

/**
 * The statement that adds attempts to their daily sums.
 * @param source a table of attempts, or the name of one within the same statement.
 */
export function addToDailySums(source: 'written' | 'usage_attempts'): Prisma.Sql {
  const attempts = Prisma.raw(source);
  return Prisma.sql`
    INSERT INTO usage_daily AS daily
    SELECT sha256(convert_to(json_build_array(part, day, subject, key_hash, team_id, user_id, model_group,
        deployment_id, provider, provider_model)::text, 'UTF8')), sums.*
    FROM (
      SELECT part, (started_at AT TIME ZONE 'UTC')::date AS day, subject, coalesce(key_hash, '') AS key_hash,
        coalesce(team_id, '') AS team_id, coalesce(user_id, '') AS user_id, model_group, deployment_id,
        coalesce(provider, '') AS provider, coalesce(provider_model, '') AS provider_model,
        count(*), count(*) FILTER (WHERE outcome IN ${failed}),
        sum(prompt_tokens)::bigint, sum(answer_tokens)::bigint, sum(total_tokens)::bigint,
        sum(cached_tokens)::bigint, sum(reasoning_tokens)::bigint,
        coalesce(sum(cost_nano_dollars), 0)::bigint,
        count(*) FILTER (WHERE cost_nano_dollars IS NULL AND total_tokens > 0),
        count(*) FILTER (WHERE token_source = 'estimated'),
        coalesce(sum((other_tokens->>'cache_written_tokens')::bigint), 0)::bigint
      FROM (
        SELECT 'all' AS part, '' AS subject, * FROM ${attempts}
        UNION ALL
        SELECT 'end_user', end_user_id, * FROM ${attempts} WHERE end_user_id IS NOT NULL
        UNION ALL
        SELECT 'tag', tag, attempt.* FROM ${attempts} AS attempt,
          LATERAL (SELECT DISTINCT unnest(attempt.tags) AS tag) AS each_tag
      ) AS parts
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ) AS sums
    ORDER BY 2, 1
    ON CONFLICT (part, id) DO UPDATE SET
      attempts = daily.attempts + excluded.attempts,
      failed_attempts = daily.failed_attempts + excluded.failed_attempts,
      prompt_tokens = daily.prompt_tokens + excluded.prompt_tokens,
      answer_tokens = daily.answer_tokens + excluded.answer_tokens,
      total_tokens = daily.total_tokens + excluded.total_tokens,
      cached_tokens = daily.cached_tokens + excluded.cached_tokens,
      reasoning_tokens = daily.reasoning_tokens + excluded.reasoning_tokens,
      cost_nano_dollars = daily.cost_nano_dollars + excluded.cost_nano_dollars,
      unpriced = daily.unpriced + excluded.unpriced,
      estimated = daily.estimated + excluded.estimated,
      cache_written_tokens = daily.cache_written_tokens + excluded.cache_written_tokens`;
}
