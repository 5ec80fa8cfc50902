import type { DecisionBatch, DecisionRecord } from '@signalbox/contracts';

let count = 0;

/** A good call of an end user, with an id of its own. */
export function aDecisionRecord(
  endUserId: string | null = null,
  overrides: Partial<DecisionRecord> = {},
): DecisionRecord {
  count += 1;
  return {
    decisionId: `decision-${count}`,
    requestId: `request-${count}`,
    decidedAt: '2026-11-01T10:05:00.000Z',
    caller: { keyHash: 'a-key', teamId: null, userId: null, endUserId },
    policy: { residency: [], tags: [], keyModels: [], teamModels: [] },
    catalogVersion: 'v1',
    mode: 'chat',
    model: 'gpt-4',
    hops: [
      {
        attemptId: `attempt-${count}`,
        model: 'gpt-4',
        verdicts: [{ deploymentId: 'azure-eu', code: 'chosen' }],
        deploymentId: 'azure-eu',
        outcome: 'succeeded',
        upstreamStatus: 200,
      },
    ],
    outcome: 'succeeded',
    ...overrides,
  };
}

/** A batch with an id of its own. */
export function aDecisionBatch(...records: DecisionRecord[]): DecisionBatch {
  count += 1;
  return { batchId: `decision-batch-${count}`, records };
}
