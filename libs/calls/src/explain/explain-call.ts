import { FaultError, type RouteExplanation, type RouteRequest } from '@signalbox/contracts';
import type { FallbackKind } from '@signalbox/routing';
import type { AnswerClient } from '../answer-client.js';
import type { AttemptTools } from '../attempt-tools.js';
import { isHiddenModel } from '../call-failure.js';
import { CallRun, namedByClient } from '../call-run.js';
import type { CallTools } from '../call-tools.js';
import { silentTrace } from '../call-trace.js';
import type { Call } from '../call.js';
import { UpstreamError } from '../errors/upstream-error.js';
import { pretendedProviders, type SupposedAnswer } from './pretended-providers.js';

export interface ExplainTools extends Pick<CallTools, 'backoff' | 'agreeWithinMs'> {
  readonly attempt: Pick<AttemptTools, 'settings' | 'facts' | 'version'>;
  readonly router: {
    /** Rejects with a FaultError when nothing could be decided. */
    explain(request: RouteRequest): Promise<RouteExplanation>;
  };
}

export interface ExplainQuestion {
  /** Ids of deployments that are supposed not to answer. */
  readonly down: ReadonlySet<string>;
  /** Whether fallbacks are told that the caller may not use. */
  readonly seesHidden: boolean;
}

/** One decision on the way of a call, and what would come of it. */
export interface ExplainedStep extends RouteExplanation {
  /** The name it was asked for by. */
  readonly model: string;
  readonly result: 'answers' | 'fails' | 'refused';
}

/** What would become of a call. */
export interface CallExplanation {
  /** In their order; the first is that of the model asked for. Empty: the call failed before any decision. */
  readonly steps: readonly ExplainedStep[];
  /** The error the call would get; absent: it would be answered. */
  readonly error?: UpstreamError | FaultError;
  /** Which models would be tried if all the others failed in this way; kinds without a list of their own are left out. */
  readonly fallbacks: Readonly<Partial<Record<FallbackKind, readonly ExplainedStep[]>>>;
}

/**
 * Puts a call on its way with everything as for a real one (the same runs, retries, fallbacks and permits) but for its
 * two ends: the router explains instead of deciding, and providers are pretended. Nothing is sent, reserved or recorded.
 */
export async function explainCall(
  tools: ExplainTools,
  call: Call,
  { down, seesHidden }: ExplainQuestion,
): Promise<CallExplanation> {
  const run = await pretend(tools, call, (id) => (down.has(id) ? 'down' : 'answers'));
  const visible = (steps: readonly ExplainedStep[]): ExplainedStep[] =>
    seesHidden ? [...steps] : withoutHidden(steps, call);
  return { ...run, steps: visible(run.steps), fallbacks: await planOf(tools, call, visible) };
}

async function planOf(
  tools: ExplainTools,
  call: Call,
  visible: (steps: readonly ExplainedStep[]) => ExplainedStep[],
): Promise<CallExplanation['fallbacks']> {
  const { tables } = tools.attempt.settings.current.router.fallbacks;
  const once = { ...call, askedRetries: 0, mock: undefined };
  const plan: Partial<Record<FallbackKind, ExplainedStep[]>> = {};
  for (const kind of ['general', 'context_window', 'content_policy'] as const) {
    const hasOwn = kind === 'general' || (call.askedFallbacks?.[kind] ?? tables[kind]).length > 0;
    if (!hasOwn) continue;
    const { steps } = await pretend(tools, once, () => (kind === 'general' ? 'down' : kind));
    plan[kind] = visible(steps.filter(isFirstOfFallback));
  }
  return plan;
}

/** A model that failed may have been tried at several deployments. */
function isFirstOfFallback(
  { model }: ExplainedStep,
  index: number,
  steps: readonly ExplainedStep[],
): boolean {
  return index > 0 && model !== steps[index - 1]?.model;
}

/** The caller is not told which models others have: as in the errors of real calls. */
function withoutHidden(steps: readonly ExplainedStep[], call: Call): ExplainedStep[] {
  const named = namedByClient(call);
  return steps.filter(
    ({ model, outcome }) =>
      named.has(model) ||
      outcome.outcome === 'chosen' ||
      !isHiddenModel({ error: new FaultError(outcome.fault) }),
  );
}

async function pretend(
  tools: ExplainTools,
  call: Call,
  supposedOf: (deploymentId: string) => SupposedAnswer,
): Promise<Pick<CallExplanation, 'steps' | 'error'>> {
  const { settings, facts, version } = tools.attempt;
  const steps: ExplainedStep[] = [];
  let supposed: SupposedAnswer = 'down';
  const router = {
    decide: async (request: RouteRequest) => {
      const explanation = await tools.router.explain(request);
      const { outcome } = explanation;
      if (outcome.outcome === 'chosen') supposed = supposedOf(outcome.deploymentId);
      const result = outcome.outcome === 'refused' ? 'refused' : supposed === 'answers' ? 'answers' : 'fails';
      steps.push({ ...explanation, model: request.model, result });
      return outcome;
    },
  };
  const pretended: CallTools = {
    router,
    attempt: { settings, facts, version, ...withoutTrace, dispatcher: pretendedProviders(() => supposed) },
    waits: { wait: () => Promise.resolve(true), stop: () => undefined },
    backoff: tools.backoff,
    agreeWithinMs: tools.agreeWithinMs,
    dice: () => 0,
  };
  try {
    await new CallRun(pretended, call, nobody, silentTrace).serve();
    return { steps };
  } catch (error) {
    if (error instanceof FaultError || error instanceof UpstreamError) return { steps, error };
    throw error;
  }
}

const nothing = (): void => undefined;

/** A client that stays to the end and reads nothing. */
const nobody: AnswerClient = {
  gone: false,
  onGone: nothing,
  setHeaders: nothing,
  writeHead: nothing,
  write: () => true,
  onDrain: nothing,
  end: nothing,
  breakOff: nothing,
};

/** Nothing is learned, counted, logged or recorded of what did not happen. */
const withoutTrace = {
  learned: { observe: nothing },
  outbox: { add: nothing },
  metrics: { upstream: nothing, tokens: nothing, retry: nothing, fallback: nothing },
  logger: { warn: nothing },
  maxAnswerBytes: Number.POSITIVE_INFINITY,
  isDraining: () => false,
};
