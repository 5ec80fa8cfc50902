import { UsageRecordSchema } from '@signalbox/contracts';
import type { Database } from '@signalbox/database';
import type { CountedAttempt } from '../usage-keys.js';

/** Attempts read, and counted, at a time: few enough that counting them does not hold up the router's admissions. */
const pageSize = 200;

const { outcome: outcomeSchema } = UsageRecordSchema.shape;

/** Attempts of the ledger that began at a moment or later, in pages. */
export async function* attemptsSince(database: Database, since: Date): AsyncGenerator<CountedAttempt[]> {
  let last: { startedAt: Date; attemptId: string } | undefined;
  for (;;) {
    const rows = await database.usageAttempt.findMany({
      where:
        last === undefined
          ? { startedAt: { gte: since } }
          : {
              startedAt: { gte: last.startedAt },
              OR: [{ startedAt: { gt: last.startedAt } }, { attemptId: { gt: last.attemptId } }],
            },
      orderBy: [{ startedAt: 'asc' }, { attemptId: 'asc' }],
      take: pageSize,
    });
    if (rows.length === 0) return;
    last = rows.at(-1);
    yield rows.map((row) => ({
      attemptId: row.attemptId,
      startedAt: row.startedAt.getTime(),
      outcome: outcomeSchema.parse(row.outcome),
      deploymentId: row.deploymentId,
      modelGroup: row.modelGroup,
      teamId: row.teamId,
      keyHash: row.keyHash,
      endUserId: row.endUserId,
      tokens: {
        prompt: Number(row.promptTokens),
        completion: Number(row.answerTokens),
        total: Number(row.totalTokens),
        source: 'provider',
      },
    }));
  }
}
