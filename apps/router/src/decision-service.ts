import type { RouteExplanation, RouteOutcome, RouteRequest } from '@signalbox/contracts';
import {
  decideBatch,
  explainDecision,
  type DecisionSources,
  type ExplanationSources,
} from '@signalbox/decisions';
import type { Logger } from '@signalbox/platform';
import type { DecisionMetrics } from './decision-metrics.js';
import { withDecisionSpans } from './decision-spans.js';

/** Decides batches and tells metrics, traces and the debug log about it. */
export class DecisionService {
  constructor(
    /** What is in force now; asked for every batch. */
    private readonly sources: () => DecisionSources & ExplanationSources,
    private readonly metrics: DecisionMetrics,
    private readonly logger: Logger,
  ) {}

  /** As many outcomes as requests, in their order. */
  async decide(requests: readonly RouteRequest[]): Promise<RouteOutcome[]> {
    const begun = performance.now();
    const outcomes = await withDecisionSpans(requests, () => decideBatch(this.sources(), requests));
    this.metrics.record(outcomes, (performance.now() - begun) / 1_000);
    this.log(requests, outcomes);
    return outcomes;
  }

  /** What would be decided, and from what; it is neither counted nor reserved. */
  explain(request: RouteRequest): Promise<RouteExplanation> {
    return explainDecision(this.sources(), request);
  }

  private log(requests: readonly RouteRequest[], outcomes: readonly RouteOutcome[]): void {
    if (!this.logger.isLevelEnabled('debug')) return;
    for (const [index, outcome] of outcomes.entries()) {
      const { requestId, attemptId, verdicts } = outcome;
      const model = requests[index]?.model;
      const answer =
        outcome.outcome === 'chosen'
          ? { deploymentId: outcome.deploymentId, modelGroup: outcome.modelGroup }
          : { code: outcome.fault.code, retryAfterMs: outcome.fault.retryAfterMs };
      this.logger.debug({ requestId, attemptId, model, ...answer, verdicts }, `decision: ${outcome.outcome}`);
    }
  }
}
