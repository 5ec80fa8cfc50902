import type { DecisionBatch, DecisionRecord, UsageBatch, UsageRecord } from '@signalbox/contracts';

/** Records of one message, as a busy gateway gathers them. */
export const RECORDS_PER_BATCH = 25;

/** A batch of good attempts that nobody made; `number` tells it from all others. */
export function attemptBatch(number: number): UsageBatch {
  return { batchId: `bench-usage-${number}`, records: numbersOf(number).map(attempt) };
}

/** The same of decision records. */
export function decisionBatch(number: number): DecisionBatch {
  return { batchId: `bench-decisions-${number}`, records: numbersOf(number).map(decision) };
}

function numbersOf(batch: number): number[] {
  return Array.from({ length: RECORDS_PER_BATCH }, (_, index) => batch * RECORDS_PER_BATCH + index);
}

/** Of 1,000 keys in 50 teams, 5,000 end users and 20 deployments. */
function attempt(number: number): UsageRecord {
  return {
    attemptId: `bench-attempt-${number}`,
    requestId: `bench-request-${number}`,
    startedAt: Date.now(),
    durationMs: 800,
    outcome: number % 50 === 0 ? 'failed' : 'succeeded',
    upstreamStatus: number % 50 === 0 ? 500 : 200,
    streamed: false,
    deploymentId: `deployment-${number % 20}`,
    modelGroup: `model-${number % 5}`,
    region: 'eu-central-1',
    mode: 'chat',
    provider: 'openai',
    providerModel: 'gpt-4o',
    ...callerOf(number),
    tokens: { prompt: 200, completion: 100, total: 300, source: 'provider' },
    costNanoDollars: 1_500_000,
  };
}

function decision(number: number): DecisionRecord {
  const model = `model-${number % 5}`;
  const deploymentId = `deployment-${number % 20}`;
  const attemptId = `bench-attempt-${number}`;
  return {
    decisionId: `bench-decision-${number}`,
    requestId: `bench-request-${number}`,
    decidedAt: new Date().toISOString(),
    caller: { ...callerOf(number), userId: null },
    policy: { residency: [{ allowed: ['eu'], from: 'end_user' }], tags: [], keyModels: [], teamModels: [] },
    catalogVersion: 'bench',
    mode: 'chat',
    model,
    hops: [
      {
        attemptId,
        model,
        verdicts: [
          { deploymentId, code: 'chosen' },
          { deploymentId: `other-${number % 20}`, code: 'region_outside' },
          { deploymentId: `third-${number % 20}`, code: 'eligible' },
        ],
        modelGroup: model,
        deploymentId,
        catalogVersion: 'bench',
        outcome: 'succeeded',
        upstreamStatus: 200,
      },
    ],
    outcome: 'succeeded',
  };
}

function callerOf(number: number): { keyHash: string; teamId: string; endUserId: string } {
  const key = number % 1_000;
  return {
    keyHash: `key-${key}`.padEnd(64, '0'),
    teamId: `team-${key % 50}`,
    endUserId: `customer-${number % 5_000}`,
  };
}
