import {
  errorEntry,
  FaultError,
  type DecisionHop,
  type DecisionRecord,
  type RouteOutcome,
  type RouteRequest,
  type UsageRecord,
} from '@signalbox/contracts';
import type { CallTools } from './call-tools.js';
import type { Call } from './call.js';
import { UpstreamError } from './errors/upstream-error.js';

/** Tells which decision an answer came from; on every answer to a call of which a record is kept. */
export const decisionIdHeader = 'x-signalbox-decision-id';

/** No region has a longer name. */
const longestRegion = 100;

/** What a record says of a call itself: what is asked for, by whom and under which rules. */
export interface KnownCall extends Pick<
  Call,
  'requestId' | 'model' | 'caller' | 'endUserId' | 'residency' | 'tags'
> {
  readonly mode: string;
}

/** What is known of a call when it is over. */
export interface CallEnd {
  readonly catalogVersion: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The client hung up before its answer was complete. */
  readonly isGone: boolean;
  /** What the client is told; absent: it has its answer. */
  readonly error?: unknown;
}

/**
 * What router and attempts say while one call is served, for its record. It keeps what they gave as it is: nothing is copied or
 * written before the call is over, and nothing of what it is about is read.
 */
export class DecisionLog {
  private readonly hops: DecisionHop[] = [];

  constructor(
    private readonly call: KnownCall,
    private readonly decisionId: string,
  ) {}

  /** The same tools, and everything they are asked and told is noted. */
  watching(tools: CallTools): CallTools {
    const { router, attempt } = tools;
    return {
      ...tools,
      router: {
        decide: async (request) => {
          try {
            const outcome = await router.decide(request);
            this.hops.push(hopOf(request, outcome));
            return outcome;
          } catch (error) {
            const refusal = errorOf(error).code;
            this.hops.push({ attemptId: request.attemptId, model: request.model, verdicts: [], refusal });
            throw error;
          }
        },
      },
      attempt: {
        ...attempt,
        learned: {
          observe: (deployment, headers) => {
            attempt.learned.observe(deployment, headers);
            if (attempt.facts.contradictedRegion?.(deployment) === undefined) return;
            this.noteElsewhere(deployment.id, headers['x-ms-region']);
          },
        },
        outbox: {
          add: (record) => {
            this.noteAttempt(record);
            attempt.outbox.add(record);
          },
        },
      },
    };
  }

  close({ catalogVersion, now, isGone, error }: CallEnd): DecisionRecord {
    const { call, hops } = this;
    const { caller } = call;
    return {
      decisionId: this.decisionId,
      requestId: call.requestId,
      decidedAt: new Date(now).toISOString(),
      caller: {
        keyHash: caller?.keyHash ?? null,
        teamId: caller?.team?.teamId ?? null,
        userId: caller?.userId ?? null,
        endUserId: call.endUserId ?? null,
      },
      policy: {
        residency: [...call.residency],
        tags: [...call.tags],
        keyModels: caller?.models ?? [],
        teamModels: caller?.team?.models ?? [],
      },
      catalogVersion,
      mode: call.mode,
      model: call.model,
      hops,
      outcome: isGone ? 'client_disconnected' : this.outcomeAfter(error),
      ...(error !== undefined && !isGone && { error: errorOf(error) }),
    };
  }

  /** An attempt that was given up before anything was sent is none. */
  private noteAttempt({ attemptId, outcome, upstreamStatus, provider }: UsageRecord): void {
    const hop = this.hops.findLast((one) => one.attemptId === attemptId);
    if (hop === undefined || provider === undefined) return;
    hop.outcome = outcome;
    hop.upstreamStatus = upstreamStatus;
  }

  private noteElsewhere(deploymentId: string, answered: unknown): void {
    const hop = this.hops.findLast((one) => one.deploymentId === deploymentId);
    if (hop === undefined || typeof answered !== 'string' || answered.length > longestRegion) return;
    hop.answeredFrom = answered;
  }

  private outcomeAfter(error: unknown): DecisionRecord['outcome'] {
    const isSent = this.hops.some(({ outcome }) => outcome !== undefined);
    if (error !== undefined) return isSent ? 'failed' : 'refused';
    // A stream may break off after its first byte, which is no error that could be told any more.
    return this.hops.at(-1)?.outcome === 'succeeded' ? 'succeeded' : 'failed';
  }
}

function hopOf({ attemptId, model }: RouteRequest, outcome: RouteOutcome): DecisionHop {
  const { verdicts, verdictCounts } = outcome;
  if (outcome.outcome === 'refused') {
    return { attemptId, model, verdicts, verdictCounts, refusal: outcome.fault.code };
  }
  const { modelGroup, deploymentId, region, regionSource, catalogVersion } = outcome;
  const chosen = { modelGroup, deploymentId, region, regionSource, catalogVersion };
  return { attemptId, model, verdicts, verdictCounts, ...chosen };
}

/** Codes and numbers alone: what a provider says may repeat the prompt. */
function errorOf(error: unknown): NonNullable<DecisionRecord['error']> {
  if (error instanceof UpstreamError) return { code: 'upstream_error', status: error.failure.status };
  const code = error instanceof FaultError ? error.fault.code : 'internal_error';
  return { code, status: errorEntry(code).status };
}
