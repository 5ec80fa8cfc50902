import type { RouteDecision, TokenCounts, UsageRecord } from '@signalbox/contracts';
import { upstreamModel } from '@signalbox/providers';
import { attemptCost } from './attempt-cost.js';
import type { UsageSink } from './attempt-tools.js';
import type { Call } from './call.js';
import type { Permit } from './upstream/permit.js';

export const noTokens: TokenCounts = { prompt: 0, completion: 0, total: 0, source: 'none' };

/** The usage record of one attempt; it is filed exactly once, which also settles the attempt's reservation. */
export class AttemptRecord {
  private readonly startedAt = Date.now();
  private readonly beganAt = performance.now();
  private firstByteMs: number | undefined;
  private filed: TokenCounts | undefined;
  private permit: Permit | undefined;

  constructor(
    private readonly call: Call,
    private readonly decision: RouteDecision,
    private readonly outbox: UsageSink,
  ) {}

  /** Milliseconds since the attempt began. */
  get elapsedMs(): number {
    return performance.now() - this.beganAt;
  }

  /** Tokens the attempt is known to have used: those of its record. */
  get usedTokens(): number {
    return this.filed?.total ?? 0;
  }

  /** What it cost, nano-dollars; undefined when the price is not known. */
  get nanoDollars(): number | undefined {
    return attemptCost(this.call.mode, this.permit?.deployment ?? {}, this.filed ?? noTokens);
  }

  /** Whose tokens it uses, if it uses any. */
  sentWith(permit: Permit): void {
    this.permit = permit;
  }

  /** To be called when the first byte of a streamed answer has come. */
  noteFirstByte(): void {
    this.firstByteMs ??= this.elapsedMs;
  }

  /** Whether a streamed answer has begun. */
  get hasFirstByte(): boolean {
    return this.firstByteMs !== undefined;
  }

  /** @param upstreamStatus HTTP status of the provider; 0 when there was none. */
  file(
    outcome: UsageRecord['outcome'],
    upstreamStatus: number,
    tokens: TokenCounts,
    more: Pick<UsageRecord, 'retryAfterMs' | 'callerTimedOut'> = {},
  ): void {
    if (this.filed !== undefined) return;
    this.filed = tokens;
    const { call, decision, permit, nanoDollars } = this;
    const { caller, tags } = call;
    this.outbox.add({
      attemptId: decision.attemptId,
      requestId: call.requestId,
      startedAt: this.startedAt,
      durationMs: this.elapsedMs,
      ...(this.firstByteMs !== undefined && { firstByteMs: this.firstByteMs }),
      outcome,
      upstreamStatus,
      ...more,
      ...(decision.holdsSlot === true && { holdsSlot: true }),
      streamed: call.body['stream'] === true,
      deploymentId: decision.deploymentId,
      modelGroup: decision.modelGroup,
      region: decision.region?.zone ?? decision.region?.name ?? null,
      keyHash: caller?.keyHash ?? null,
      teamId: caller?.team?.teamId ?? null,
      endUserId: call.endUserId ?? null,
      ...(caller?.userId != null && { userId: caller.userId }),
      ...(tags.length > 0 && { tags: [...tags] }),
      mode: call.mode,
      ...(permit && providerOf(permit)),
      tokens,
      ...(nanoDollars !== undefined && { costNanoDollars: nanoDollars }),
    });
  }
}

function providerOf({ deployment: { upstream }, wildcardTail }: Permit) {
  return { provider: upstream.provider, providerModel: upstreamModel(upstream, wildcardTail) };
}
