import type { RouteRequest } from '@signalbox/contracts';
import {
  emptyPlan,
  namesOfModel,
  nextHop,
  rulesOfCall,
  type FallbackHop,
  type FallbackPlan,
  type FallbackRules,
} from '@signalbox/routing';
import type { AnswerClient } from './answer-client.js';
import { isHiddenModel, type CallFailure } from './call-failure.js';
import { CallJournal } from './call-journal.js';
import { tallyHeaders } from './call-tally.js';
import type { CallTools } from './call-tools.js';
import type { CallTrace } from './call-trace.js';
import type { Call } from './call.js';
import { fallbackCall } from './fallback-call.js';
import { ModelRun } from './model-run.js';
import { limitHeaders } from './limit-headers.js';

/** One call on its way: the model it asks for, then that model's fallbacks. Plans nothing before a first failure. */
export class CallRun {
  private recovery: Recovery | undefined;

  constructor(
    private readonly tools: CallTools,
    private readonly call: Call,
    private readonly client: AnswerClient,
    private readonly trace: CallTrace,
  ) {}

  /**
   * Resolves when the client has its answer or has gone, with the model group that served; throws what the error
   * filter shall answer.
   */
  async serve(): Promise<string> {
    let call = this.call;
    let previous: RouteRequest['previous'];
    let first: { readonly failure: CallFailure; readonly run: ModelRun } | undefined;
    for (;;) {
      const run = this.runOf(call, previous);
      const outcome = await run.run();
      if (typeof outcome === 'string') return outcome;
      first ??= { failure: outcome, run };
      ({ previous } = run);
      const hop = this.recover().advance(call, outcome);
      if (hop === undefined) {
        const attemptedFallbacks = this.recover().hopsMade;
        const tally = { ...first.run.tally, attemptedFallbacks };
        this.client.setHeaders({ ...tallyHeaders(tally), ...limitHeaders(first.run.limitsTold) });
        throw this.recover().journal.lastResort(first.failure);
      }
      this.tools.attempt.metrics.fallback(hop.kind);
      call = fallbackCall(this.call, hop, this.tools.attempt.settings.current.estimates);
    }
  }

  private runOf(call: Call, previous: RouteRequest['previous']): ModelRun {
    return new ModelRun(this.tools, {
      call,
      client: this.client,
      trace: this.trace,
      previous,
      attemptedFallbacks: this.recovery?.hopsMade ?? 0,
      onFailure: (failure, deploymentId) => {
        this.recover().note(call, failure, deploymentId);
      },
      hasFallback: (failure) => this.recover().next(call, failure) !== undefined,
    });
  }

  private recover(): Recovery {
    return (this.recovery ??= new Recovery(this.tools, this.call));
  }
}

/** The models a client names itself: of these it may be told whatever becomes of them. */
export function namedByClient({ model, askedFallbacks = {} }: Call): ReadonlySet<string> {
  const asked = Object.values(askedFallbacks).flat();
  return new Set([model, ...asked.flatMap((entry) => entry.fallbacks.map((one) => one.model))]);
}

/** What a call keeps in mind once something has failed. */
class Recovery {
  readonly journal: CallJournal;
  private plan: FallbackPlan = emptyPlan;
  private readonly rules: FallbackRules;
  private readonly namedByClient: ReadonlySet<string>;

  constructor(
    private readonly tools: CallTools,
    private readonly original: Call,
  ) {
    const { askedFallbacks, model } = original;
    this.journal = new CallJournal(model);
    this.rules = rulesOfCall(tools.attempt.settings.current.router.fallbacks, askedFallbacks);
    this.namedByClient = namedByClient(original);
  }

  get hopsMade(): number {
    return this.plan.taken;
  }

  /** What would come next, after this model has failed in this way. */
  next(call: Call, { kind }: CallFailure): ReturnType<typeof nextHop> {
    if (kind === undefined || !this.original.mayFallBack) return undefined;
    const { caller } = call;
    const { catalog } = this.tools.attempt.settings.current;
    const question = { model: call.model, keyAliases: caller?.aliases ?? {}, team: caller?.team ?? null };
    return nextHop(this.plan, this.rules, { names: namesOfModel(catalog, question), kind });
  }

  /** Goes there. */
  advance(call: Call, failure: CallFailure): FallbackHop | undefined {
    const next = this.next(call, failure);
    if (next === undefined) return undefined;
    this.plan = next.plan;
    const { kind } = next.hop;
    const { requestId } = this.original;
    this.tools.attempt.logger.warn({ requestId, kind, fallback: this.plan.taken }, 'another model is tried');
    return next.hop;
  }

  /**
   * Notes a failure. What the operator configured as a fallback and the caller may not use stays unnamed: its error
   * would tell which models others have.
   */
  note(call: Call, failure: CallFailure, deploymentId: string | undefined): void {
    const { model, requestId } = call;
    if (this.namedByClient.has(model) || !isHiddenModel(failure)) {
      const at = { model, ...(deploymentId !== undefined && { deploymentId }) };
      this.journal.failure(failure, { ...at, isFallback: call !== this.original });
    } else {
      this.tools.attempt.logger.warn(
        { requestId, model },
        'a fallback the caller may not use is passed over',
      );
    }
  }
}
