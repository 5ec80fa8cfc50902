import type { RouteOutcome } from '@signalbox/contracts';
import { counter, durationHistogram, startMetrics } from '@signalbox/platform';

/** Counts decisions. Labels are few and bounded: no model, key or deployment. */
export interface DecisionMetrics {
  record(outcomes: readonly RouteOutcome[], seconds: number): void;
}

const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Registers the router's metrics and returns what records a decided batch. */
export function createDecisionMetrics(): DecisionMetrics {
  const decisions = counter(
    'signalbox_decisions',
    'Decisions by outcome, error code and accuracy of the limits they were made under.',
  );
  const durations = durationHistogram('signalbox_decide_duration', 'Time to decide one batch.');
  const sizes = startMetrics()
    .getMeter('signalbox')
    .createHistogram('signalbox_decide_batch_size', {
      description: 'Requests per batch.',
      advice: { explicitBucketBoundaries: batchSizes },
    });
  return {
    record(outcomes, seconds) {
      durations.record(seconds);
      sizes.record(outcomes.length);
      for (const outcome of outcomes) {
        const code = outcome.outcome === 'refused' ? outcome.fault.code : 'none';
        decisions.add(1, { outcome: outcome.outcome, code, limits: outcome.limits ?? 'none' });
      }
    },
  };
}
