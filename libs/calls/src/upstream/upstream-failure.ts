import type { ErrorCode, UsageRecord } from '@signalbox/contracts';

/** How an exchange with a provider ended without a whole answer. */
export type UpstreamFailureKind =
  /** No connection, or it ended before the provider said anything. */
  | 'unreachable'
  /** The provider took longer than it may. */
  | 'timed_out'
  /** The connection ended in the middle of the answer. */
  | 'broken'
  /** What came is not an answer: not HTTP, not JSON, or larger than is sensible. */
  | 'invalid'
  /** The client that asked has gone; nobody waits for the answer. */
  | 'client_gone';

const codes: Record<UpstreamFailureKind, ErrorCode> = {
  unreachable: 'upstream_unreachable',
  timed_out: 'upstream_timeout',
  broken: 'upstream_unreachable',
  invalid: 'upstream_invalid_response',
  client_gone: 'internal_error',
};

const outcomes: Record<UpstreamFailureKind, UsageRecord['outcome']> = {
  unreachable: 'failed',
  timed_out: 'timed_out',
  broken: 'upstream_broken',
  invalid: 'failed',
  client_gone: 'client_disconnected',
};

/** An exchange that failed; the message is for logs. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  constructor(
    readonly kind: UpstreamFailureKind,
    options?: ErrorOptions,
  ) {
    super(kind, options);
  }

  /** What the client is told if no other attempt succeeds. */
  get code(): ErrorCode {
    return codes[this.kind];
  }

  /** What the attempt's usage record says. */
  get outcome(): UsageRecord['outcome'] {
    return outcomes[this.kind];
  }
}

/** Reads an error of the HTTP client; `headSeen` tells whether the provider had begun to answer. */
export function upstreamFailureOf(error: Error, headSeen: boolean): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  return new UpstreamFailure(kindOf((error as { code?: unknown }).code, headSeen), { cause: error });
}

function kindOf(code: unknown, headSeen: boolean): UpstreamFailureKind {
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timed_out';
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'invalid';
  if (typeof code === 'string' && code.startsWith('HPE_')) return 'invalid';
  return headSeen ? 'broken' : 'unreachable';
}
