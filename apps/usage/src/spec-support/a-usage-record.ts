import type { UsageBatch, UsageRecord } from '@signalbox/contracts';

let count = 0;

/** A good attempt of 10 + 20 tokens with an id of its own, by nobody in particular. */
export function aUsageRecord(overrides: Partial<UsageRecord> = {}): UsageRecord {
  count += 1;
  return {
    attemptId: `attempt-${count}`,
    requestId: `request-${count}`,
    startedAt: 0,
    durationMs: 500,
    outcome: 'succeeded',
    upstreamStatus: 200,
    streamed: false,
    deploymentId: 'azure-eu',
    modelGroup: 'gpt-4',
    region: 'swedencentral',
    keyHash: null,
    teamId: null,
    endUserId: null,
    tokens: { prompt: 10, completion: 20, total: 30, source: 'provider' },
    ...overrides,
  };
}

/** A batch with an id of its own. */
export function aUsageBatch(...records: UsageRecord[]): UsageBatch {
  count += 1;
  return { batchId: `batch-${count}`, records };
}
