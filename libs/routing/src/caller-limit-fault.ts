import {
  fault,
  type Fault,
  type LimitScope,
  type RouteRequest,
  type ScopeVerdict,
} from '@signalbox/contracts';
import { requestedTokens } from './requested-tokens.js';

/** LiteLLM's word for each limit, where it is configured and what is left of it. */
const wordsOf = {
  rpm: { type: 'requests', limit: 'rpm', remaining: 'remainingRequests' },
  tpm: { type: 'tokens', limit: 'tpm', remaining: 'remainingTokens' },
  parallel: { type: 'max_parallel_requests', limit: 'maxParallelRequests', remaining: undefined },
} as const;

/**
 * The key, the team or the end user has used up a limit: says in LiteLLM's words whose and which, and when all of
 * them have room. Names the one that is in the way longest. Undefined when no scope is in the way.
 */
export function callerLimitFault(
  request: RouteRequest,
  verdicts: readonly ScopeVerdict[],
): Fault | undefined {
  const waits = verdicts.flatMap((verdict) => waitOf(verdict) ?? []);
  const longest = waits.reduce<Wait | undefined>(
    (one, next) => (one === undefined || next.ms > one.ms ? next : one),
    undefined,
  );
  if (longest === undefined) return undefined;
  const { kind, words, remaining, ms } = longest;
  const scope: Partial<LimitScope> = request.scopes?.find((one) => one.kind === kind) ?? {};
  const asked = words.type === 'tokens' ? ` The request may use ${requestedTokens(request)} tokens.` : '';
  const message =
    `Rate limit exceeded for ${kind}. Limit type: ${words.type}. ` +
    `Current limit: ${scope[words.limit]}, Remaining: ${remaining}.${asked}`;
  return fault('caller_limit_exceeded', message, Number.isFinite(ms) ? { retryAfterMs: ms } : {});
}

interface Wait {
  readonly kind: ScopeVerdict['kind'];
  readonly words: (typeof wordsOf)[keyof typeof wordsOf];
  readonly remaining: number;
  /** Infinity: the request never fits. */
  readonly ms: number;
}

function waitOf({ kind, code, retryAfterMs, state }: ScopeVerdict): Wait | undefined {
  if (code === 'fits') return undefined;
  const words = wordsOf[code];
  const remaining = words.remaining === undefined ? 0 : (state[words.remaining] ?? 0);
  return { kind, words, remaining, ms: retryAfterMs ?? Number.POSITIVE_INFINITY };
}
