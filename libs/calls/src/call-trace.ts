import type { Deployment } from '@signalbox/contracts';

export interface DecideSpan {
  /** W3C header value under which the router continues the trace; undefined when it is not sampled. */
  readonly traceparent: string | undefined;
  end(): void;
}

export interface UpstreamSpan {
  /** @param status of the provider; 0 when there was none. */
  end(status: number): void;
}

/** The spans of one call below that of its server. */
export interface CallTrace {
  startDecide(): DecideSpan;
  startUpstream(deployment: Deployment): UpstreamSpan;
}

const silentDecide: DecideSpan = { traceparent: undefined, end: () => undefined };
const silentUpstream: UpstreamSpan = { end: () => undefined };

/** The trace of a call that is not recorded. */
export const silentTrace: CallTrace = {
  startDecide: () => silentDecide,
  startUpstream: () => silentUpstream,
};
