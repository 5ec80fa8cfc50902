import {
  fault,
  formatDollars,
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
 * The key, the team or the end user has used up a limit or a budget: says in LiteLLM's words whose and which, and when
 * all of them have room. Names the one that is in the way longest. Undefined when no scope is in the way.
 */
export function callerLimitFault(
  request: RouteRequest,
  verdicts: readonly ScopeVerdict[],
): Fault | undefined {
  const waits = verdicts.flatMap((verdict, index) => waitOf(verdict, request.scopes?.[index]) ?? []);
  const longest = waits.reduce<Wait | undefined>(
    (one, next) => (one === undefined || next.ms > one.ms ? next : one),
    undefined,
  );
  if (longest === undefined) return undefined;
  const { scope, ms } = longest;
  if (longest.code === 'budget') return budgetFault(longest, request);
  const words = wordsOf[longest.code];
  const remaining = words.remaining === undefined ? 0 : (longest.state[words.remaining] ?? 0);
  const asked = words.type === 'tokens' ? ` The request may use ${requestedTokens(request)} tokens.` : '';
  const message =
    `Rate limit exceeded for ${whoseOf(longest, request)}. Limit type: ${words.type}. ` +
    `Current limit: ${scope?.[words.limit]}, Remaining: ${remaining}.${asked}`;
  return fault('caller_limit_exceeded', message, Number.isFinite(ms) ? { retryAfterMs: ms } : {});
}

interface Wait {
  readonly kind: ScopeVerdict['kind'];
  readonly scope: LimitScope | undefined;
  readonly code: Exclude<ScopeVerdict['code'], 'fits'>;
  readonly state: ScopeVerdict['state'];
  /** Infinity: the request never fits. */
  readonly ms: number;
}

function waitOf(
  { kind, code, retryAfterMs, state }: ScopeVerdict,
  scope: LimitScope | undefined,
): Wait | undefined {
  if (code === 'fits') return undefined;
  return { kind, scope, code, state, ms: retryAfterMs ?? Number.POSITIVE_INFINITY };
}

function whoseOf(wait: Wait, request: RouteRequest): string {
  const word = wordOf(wait, request);
  return word === undefined ? wait.kind : `${wait.kind}: ${word.name}`;
}

/** Which of several of a kind it is, in a word of the call: a tag, or the model as the client named it. Ids stay untold. */
function wordOf(
  { kind, scope }: Wait,
  { model }: RouteRequest,
): { readonly of: 'Tag' | 'Model'; readonly name: string } | undefined {
  if (kind === 'tag') return scope && { of: 'Tag', name: scope.id };
  return kind.startsWith('model_per_') ? { of: 'Model', name: model } : undefined;
}

/** The phrase is LiteLLM's; with us what calls under way may cost counts too, and this one must fit whole. */
function budgetFault(wait: Wait, request: RouteRequest): Fault {
  const { kind, state } = wait;
  const { budget } = state;
  if (budget === undefined) return fault('budget_exceeded');
  const { maxNanoDollars, spentNanoDollars, duration } = budget;
  const whose = `${kind}${duration === undefined ? '' : `, ${duration}`}`;
  const word = wordOf(wait, request);
  const which = word === undefined ? '' : ` ${word.of}=${word.name}`;
  const more = spentNanoDollars < maxNanoDollars ? ' The request may cost more than what is left.' : '';
  return fault(
    'budget_exceeded',
    `Budget has been exceeded!${which} Current cost: ${formatDollars(spentNanoDollars)}, ` +
      `Max budget: ${formatDollars(maxNanoDollars)} (${whose}).${more}`,
  );
}
