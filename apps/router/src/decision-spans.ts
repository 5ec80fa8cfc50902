import { context, propagation, ROOT_CONTEXT, trace, type Attributes } from '@opentelemetry/api';
import type { RouteOutcome, RouteRequest } from '@signalbox/contracts';
import { tracer } from '@signalbox/platform';

/**
 * Adds a span to the trace of every request that is sampled (those carry a `traceparent`), linked to the span of
 * the batch it was decided in. A batch belongs to many traces, so these are made afterwards, with both times given.
 * @param startedAt milliseconds since 1970
 */
export function recordDecisionSpans(
  requests: readonly RouteRequest[],
  outcomes: readonly RouteOutcome[],
  startedAt: number,
): void {
  for (const [index, { traceparent }] of requests.entries()) {
    const outcome = outcomes[index];
    if (traceparent === undefined || outcome === undefined) continue;
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
    const options = { startTime: startedAt, links: batchLink(), attributes: decisionAttributes(outcome) };
    tracer.startSpan('router.decide', options, parent).end();
  }
}

/** What a trace may say about a decision: nothing of the prompt, no key, no end user. */
export function decisionAttributes(outcome: RouteOutcome): Attributes {
  if (outcome.outcome === 'refused') return { 'signalbox.outcome': outcome.fault.code };
  return {
    'signalbox.outcome': 'chosen',
    'signalbox.model_group': outcome.modelGroup,
    'signalbox.deployment_id': outcome.deploymentId,
    ...(outcome.region === undefined
      ? {}
      : { 'signalbox.region': outcome.region.zone ?? outcome.region.name }),
  };
}

function batchLink() {
  const batch = trace.getSpan(context.active());
  return batch === undefined ? [] : [{ context: batch.spanContext() }];
}
