import { Inject, Injectable } from '@nestjs/common';
import {
  AttemptRowSchema,
  mostCountedAttempts,
  OtherTokensSchema,
  type AttemptRow,
  type usageAttempts,
} from '@signalbox/contracts';
import { DATABASE, type Database, type Prisma, type UsageAttempt } from '@signalbox/database';
import type { z } from 'zod';
import { failedOutcomes } from '../failed-outcomes.js';
import { rowsThatFit } from './rows-that-fit.js';

export type AttemptsQuery = z.output<typeof usageAttempts.request>;
export type Attempts = z.output<typeof usageAttempts.value>;

const sortColumns = {
  started_at: 'startedAt',
  nano_dollars: 'costNanoDollars',
  total_tokens: 'totalTokens',
} as const satisfies Record<AttemptsQuery['sort_by'], keyof UsageAttempt>;

const { outcome: outcomeSchema, token_source: sourceSchema } = AttemptRowSchema.shape;

/** The attempts of the ledger, one by one. */
@Injectable()
export class AttemptsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** One page, and how many fit: counting millions would take longer than anybody waits. */
  async list(query: AttemptsQuery): Promise<Attempts> {
    const { page, size, sort_by: sortBy, sort_order: order, after } = query;
    const where = conditions(query);
    const [found, counted] = await Promise.all([
      this.database.usageAttempt.findMany({
        where: after === undefined ? where : { AND: [where, before(after)] },
        orderBy: after === undefined ? [{ [sortColumns[sortBy]]: order }, { attemptId: order }] : newestFirst,
        skip: after === undefined ? (page - 1) * size : 0,
        take: size + 1,
      }),
      after === undefined ? this.database.usageAttempt.count({ where, take: mostCountedAttempts + 1 }) : 0,
    ]);
    const rows = rowsThatFit(found.slice(0, size).map(attemptRow));
    return {
      rows,
      has_more: found.length > rows.length,
      total: Math.min(counted, mostCountedAttempts),
      has_more_than_total: counted > mostCountedAttempts,
    };
  }
}

const newestFirst: Prisma.UsageAttemptOrderByWithRelationInput[] = [
  { startedAt: 'desc' },
  { attemptId: 'desc' },
];

/** The first condition says nothing new, but lets the index begin at the right place. */
function before({ started_at: at, attempt_id: id }: NonNullable<AttemptsQuery['after']>) {
  return {
    startedAt: { lte: at },
    OR: [{ startedAt: { lt: at } }, { attemptId: { lt: id } }],
  } satisfies Prisma.UsageAttemptWhereInput;
}

function conditions(query: AttemptsQuery): Prisma.UsageAttemptWhereInput {
  const { request_id, key_hash, team_id, user_id, end_user_id, model_group, deployment_id, tag } = query;
  const { failed, min_nano_dollars: least, max_nano_dollars: most, from, until } = query;
  const outcomes = [...failedOutcomes];
  return {
    ...(request_id !== undefined && { requestId: request_id }),
    ...(key_hash !== undefined && { keyHash: key_hash }),
    ...(team_id !== undefined && { teamId: team_id }),
    ...(user_id !== undefined && { userId: user_id }),
    ...(end_user_id !== undefined && { endUserId: end_user_id }),
    ...(model_group !== undefined && { modelGroup: model_group }),
    ...(deployment_id !== undefined && { deploymentId: deployment_id }),
    ...(tag !== undefined && { tags: { has: tag } }),
    ...(failed !== undefined && { outcome: failed ? { in: outcomes } : { notIn: outcomes } }),
    ...((least !== undefined || most !== undefined) && {
      costNanoDollars: {
        ...(least !== undefined && { gte: Math.ceil(least) }),
        ...(most !== undefined && { lte: Math.floor(most) }),
      },
    }),
    startedAt: { ...(from !== undefined && { gte: from }), ...(until !== undefined && { lte: until }) },
  };
}

function attemptRow(attempt: UsageAttempt): AttemptRow {
  return {
    attempt_id: attempt.attemptId,
    request_id: attempt.requestId,
    started_at: attempt.startedAt.toISOString(),
    duration_ms: attempt.durationMs,
    first_byte_ms: attempt.firstByteMs,
    outcome: outcomeSchema.parse(attempt.outcome),
    upstream_status: attempt.upstreamStatus,
    streamed: attempt.streamed,
    mode: attempt.mode,
    deployment_id: attempt.deploymentId,
    model_group: attempt.modelGroup,
    provider: attempt.provider,
    provider_model: attempt.providerModel,
    region: attempt.region,
    key_hash: attempt.keyHash,
    team_id: attempt.teamId,
    user_id: attempt.userId,
    end_user_id: attempt.endUserId,
    tags: attempt.tags,
    prompt_tokens: Number(attempt.promptTokens),
    completion_tokens: Number(attempt.answerTokens),
    total_tokens: Number(attempt.totalTokens),
    cached_tokens: Number(attempt.cachedTokens),
    reasoning_tokens: Number(attempt.reasoningTokens),
    other_tokens: OtherTokensSchema.parse(attempt.otherTokens ?? {}),
    token_source: sourceSchema.parse(attempt.tokenSource),
    nano_dollars: attempt.costNanoDollars === null ? null : Number(attempt.costNanoDollars),
  };
}
