import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { silentTrace, type CallTrace, type DecideSpan, type UpstreamSpan } from '@signalbox/calls';
import type { Deployment } from '@signalbox/contracts';
import { tracer } from '@signalbox/platform';
import type { FastifyRequest } from 'fastify';

/**
 * The spans of one call, made by hand and few. Of a call that is not recorded (tracing is off, or it is not among those
 * sampled, by us or by the client) there is one span that does nothing, and none below it.
 */
export class HttpCallTrace implements CallTrace {
  private constructor(
    private readonly span: Span,
    private readonly parent: Context,
  ) {}

  /** Begins the server span, under the trace the client is in. */
  static start(request: FastifyRequest): HttpCallTrace {
    const route = request.routeOptions.url ?? request.url;
    const incoming = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER }, incoming);
    if (!span.isRecording()) return new HttpCallTrace(span, incoming);
    span.setAttributes({
      'http.request.method': request.method,
      'http.route': route,
      'signalbox.request_id': request.id,
    });
    return new HttpCallTrace(span, trace.setSpan(incoming, span));
  }

  /** Runs work whose own spans and messages belong to this call. */
  within<Result>(work: () => Result): Result {
    return this.span.isRecording() ? context.with(this.parent, work) : work();
  }

  startDecide(): DecideSpan {
    if (!this.span.isRecording()) return silentTrace.startDecide();
    const span = tracer.startSpan('router.decide', { kind: SpanKind.CLIENT }, this.parent);
    const { traceId, spanId } = span.spanContext();
    return {
      traceparent: `00-${traceId}-${spanId}-01`,
      end: () => {
        span.end();
      },
    };
  }

  startUpstream(deployment: Deployment): UpstreamSpan {
    if (!this.span.isRecording()) return silentTrace.startUpstream(deployment);
    const span = tracer.startSpan('upstream', { kind: SpanKind.CLIENT }, this.parent);
    span.setAttributes({
      'signalbox.deployment_id': deployment.id,
      'gen_ai.provider.name': deployment.upstream.provider,
      'gen_ai.request.model': deployment.upstream.model,
    });
    return {
      end: (status) => {
        if (status > 0) span.setAttribute('http.response.status_code', status);
        if (status === 0 || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  /** Only the first of several ends counts. */
  end(status: number): void {
    if (!this.span.isRecording()) return;
    this.span.setAttribute('http.response.status_code', status);
    if (status >= 500) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}
