import {
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';

/** The one tracer of our own spans; a no-op while no collector is configured. */
export const tracer: Tracer = trace.getTracer('signalbox');

/**
 * Runs the work inside a span that is active while it runs, and ends it with the work's success or failure. For the
 * few places worth a span: with tracing off it costs one callback.
 */
export async function withSpan<Result>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<Result> | Result,
  options: Omit<SpanOptions, 'attributes'> = {},
): Promise<Result> {
  return tracer.startActiveSpan(name, { ...options, attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed; messages of errors may hold user data, so only the error's name is kept. */
export function markFailed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
}
