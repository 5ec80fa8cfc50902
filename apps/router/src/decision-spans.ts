import { context, propagation, ROOT_CONTEXT, trace, type Attributes, type Context } from '@opentelemetry/api';
import type { RouteOutcome, RouteRequest } from '@signalbox/contracts';
import { tracer } from '@signalbox/platform';

/**
 * Decides a batch and adds a span to the trace of every request that is sampled (those carry a `traceparent`). A batch
 * may belong to many traces: its admission in Redis shows in the first one, the others link to that span.
 */
export async function withDecisionSpans(
  requests: readonly RouteRequest[],
  decide: () => Promise<RouteOutcome[]>,
): Promise<RouteOutcome[]> {
  const first = requests.findIndex(({ traceparent }) => traceparent !== undefined);
  if (first === -1) return decide();
  const startTime = Date.now();
  const parent = traceOf(requests[first]);
  const span = tracer.startSpan('router.decide', { startTime }, parent);
  try {
    const outcomes = await context.with(trace.setSpan(parent, span), decide);
    span.setAttributes(decisionAttributes(outcomes[first]));
    const options = { startTime, links: [{ context: span.spanContext() }] };
    for (const [index, request] of requests.entries()) {
      if (index === first || request.traceparent === undefined) continue;
      const attributes = decisionAttributes(outcomes[index]);
      tracer.startSpan('router.decide', { ...options, attributes }, traceOf(request)).end();
    }
    return outcomes;
  } finally {
    span.end();
  }
}

function traceOf(request: RouteRequest | undefined): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent: request?.traceparent });
}

/** What a trace may say about a decision: nothing of the prompt, no key, no end user. */
function decisionAttributes(outcome: RouteOutcome | undefined): Attributes {
  if (outcome === undefined) return {};
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
