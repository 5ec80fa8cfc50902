import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import { headers as newHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { markFailed, tracer } from '@signalbox/platform';

const setter: TextMapSetter<MsgHdrs> = {
  set: (headers, key, value) => {
    headers.set(key, value);
  },
};
const getter: TextMapGetter<MsgHdrs> = {
  get: (headers, key) => (headers.has(key) ? headers.get(key) : undefined),
  keys: (headers) => headers.keys(),
};

/** Headers that carry the active trace (W3C), or nothing when it is not sampled: headers cost on every hop. */
export function traceHeaders(): MsgHdrs | undefined {
  const span = trace.getActiveSpan();
  if (span === undefined || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  const headers = newHeaders();
  propagation.inject(context.active(), headers, setter);
  return headers;
}

/**
 * Runs the work in a span under the trace its message belongs to. Messages without trace headers belong to none that
 * is sampled, so no span is made for them. With several messages the first trace is the parent, the others are links.
 */
export async function inMessageSpan<Result>(
  subject: string,
  kind: SpanKind.SERVER | SpanKind.CONSUMER,
  messages: readonly { headers?: MsgHdrs | undefined }[],
  work: () => Promise<Result> | Result,
): Promise<Result> {
  const [parent, ...others] = messages.flatMap(({ headers }) => contextOf(headers) ?? []);
  if (parent === undefined) return work();
  const links = others.flatMap((other) => {
    const spanContext = trace.getSpanContext(other);
    return spanContext === undefined ? [] : [{ context: spanContext }];
  });
  const attributes = { 'messaging.system': 'nats', 'messaging.destination.name': subject };
  const span = tracer.startSpan(subject, { kind, attributes, links }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function contextOf(headers: MsgHdrs | undefined): Context | undefined {
  if (headers?.has('traceparent') !== true) return undefined;
  return propagation.extract(ROOT_CONTEXT, headers, getter);
}
