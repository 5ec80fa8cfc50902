import { randomUUID } from 'node:crypto';
import { fault, FaultError, type RouteDecision, type RouteRequest } from '@signalbox/contracts';
import { decideRetry, retriesAllowed, waitBeforeRetry, type FailureClass } from '@signalbox/routing';
import type { AnswerClient } from './answer-client.js';
import { Attempt } from './attempt.js';
import { AttemptRecord, noTokens } from './attempt-record.js';
import { attemptTimeouts } from './attempt-timeouts.js';
import { isCallerAtLimit, refusalFailure, type CallFailure } from './call-failure.js';
import type { CallSettings } from './call-settings.js';
import type { CallTally } from './call-tally.js';
import type { CallTools } from './call-tools.js';
import type { CallTrace } from './call-trace.js';
import type { Call } from './call.js';
import type { LimitsTold } from './limit-headers.js';
import { mockedFailure, type MockFailure } from './mock-testing.js';
import { routeRequestOf } from './route-request.js';

export interface ModelRunInput {
  readonly call: Call;
  readonly client: AnswerClient;
  readonly trace: CallTrace;
  /** Other models tried before this one. */
  readonly attemptedFallbacks: number;
  /** The last attempt at the model before. */
  readonly previous: RouteRequest['previous'];
  /** Told of every attempt that failed, and of a refusal of the router when there was none. */
  readonly onFailure: (failure: CallFailure, deploymentId?: string) => void;
  /** Whether another model is left for what failed in this way. */
  readonly hasFallback: (failure: CallFailure) => boolean;
}

/** Enough for the others to read a changed file; each further wait is twice as long. */
const firstAgreementWaitMs = 10;

/** A deployment that failed, and when it may be tried again (`performance.now()`). */
interface Tried {
  readonly deploymentId: string;
  readonly readyAt: number;
}

/** One model's share of a call: attempts at its deployments, as long as another one may do better. */
export class ModelRun {
  private attemptsMade = 0;
  private waitsMade = 0;
  /** What the last failure allowed. */
  private maxRetries: number | undefined;
  private tried: readonly Tried[] = [];
  private lastTold: LimitsTold = {};
  private lastAttempt: RouteRequest['previous'];
  /** Those that router and gateway agreed on when they were asked last. */
  private settings: CallSettings;

  constructor(
    private readonly tools: CallTools,
    private readonly input: ModelRunInput,
  ) {
    this.lastAttempt = input.previous;
    this.settings = tools.attempt.settings.current;
  }

  /**
   * Resolves with the model group that served, the empty text when the client went away while it waited, or with
   * the failure when nothing has been written to the client.
   */
  async run(): Promise<string | CallFailure> {
    const { call, onFailure } = this.input;
    let failure = call.mock === undefined ? undefined : await this.mocked(call.mock);
    if (failure !== undefined && !this.mayRetry(failure)) return this.unlessGone(failure);
    for (;;) {
      const decision = await this.decide();
      if (decision instanceof FaultError) {
        if (failure === undefined) return this.refused(decision);
        if (isCallerAtLimit(decision)) return this.endedBy(decision, failure);
        // No other deployment is left. The provider's own error says more than the router's.
        if (!(await this.waitForSame(failure))) return this.unlessGone(failure);
        continue;
      }
      failure = await this.attempt(decision);
      if (failure === undefined) return decision.modelGroup;
      onFailure(failure, decision.deploymentId);
      if (!this.mayRetry(failure, decision)) return failure;
    }
  }

  /** What the router told of limits when they were asked for last. */
  get limitsTold(): LimitsTold {
    return this.lastTold;
  }

  /** The last attempt, here or at a model before. */
  get previous(): RouteRequest['previous'] {
    return this.lastAttempt;
  }

  /** How often this model was tried. */
  get tally(): CallTally {
    return {
      attemptedRetries: Math.max(0, this.attemptsMade - 1),
      maxRetries: this.maxRetries ?? this.ordinaryRetries(undefined),
      attemptedFallbacks: this.input.attemptedFallbacks,
      maxFallbacks: this.settings.router.fallbacks.maxFallbacks,
    };
  }

  private async attempt(decision: RouteDecision): Promise<CallFailure | undefined> {
    const { call, client, trace } = this.input;
    this.attemptsMade += 1;
    if (this.attemptsMade > 1) this.tools.attempt.metrics.retry();
    this.maxRetries ??= this.ordinaryRetries(decision.deploymentId);
    const { settings, tally } = this;
    const attempt = new Attempt(this.tools.attempt, { call, decision, settings, client, trace, tally });
    const failure = await attempt.run();
    const { usedTokens: tokens, nanoDollars } = attempt;
    this.lastAttempt = {
      attemptId: decision.attemptId,
      modelGroup: decision.modelGroup,
      tokens,
      ...(nanoDollars !== undefined && { nanoDollars }),
    };
    return failure;
  }

  /** Whether the same model may be tried again; if so, for a while not at this deployment. */
  private mayRetry(failure: CallFailure, decision?: RouteDecision): boolean {
    const { failureClass, providerAskedMs } = failure;
    if (failureClass === undefined) return false;
    const { backoff, dice } = this.tools;
    const { router } = this.settings;
    const modelNames = [this.input.call.model, ...(decision === undefined ? [] : [decision.modelGroup])];
    const { mayRetry, maxRetries } = decideRetry(router, {
      ...this.retryWishes(decision?.deploymentId),
      failure: failureClass,
      retriesMade: this.attemptsMade - 1,
      modelNames,
    });
    this.maxRetries = maxRetries;
    if (!mayRetry || decision === undefined) return mayRetry;
    const wait = waitBeforeRetry(router, backoff, {
      waitsMade: this.waitsMade,
      providerAskedMs,
      dice: dice(),
    });
    const readyAt = performance.now() + (wait ?? Number.POSITIVE_INFINITY);
    this.tried = [...this.tried, { deploymentId: decision.deploymentId, readyAt }];
    return true;
  }

  /** Waits until the first of the deployments that failed may be tried again; false when that is not worth it. */
  private async waitForSame(failure: CallFailure): Promise<boolean> {
    const { call, client, hasFallback } = this.input;
    // A full model stays full for a while; another one may answer now.
    if (failure.failureClass === 'rate_limit' && hasFallback(failure)) return false;
    const soonest = Math.min(...this.tried.map(({ readyAt }) => readyAt));
    if (soonest - call.arrivedAt >= this.budgetMs) return false;
    if (!(await this.tools.waits.wait(Math.max(0, soonest - performance.now()), client))) return false;
    this.waitsMade += 1;
    this.tried = this.tried.filter(({ readyAt }) => readyAt > soonest);
    return true;
  }

  /** An attempt that would begin later than this after the call's arrival is not waited for. */
  private get budgetMs(): number {
    return attemptTimeouts(this.input.call, {}, this.settings.router).wholeMs;
  }

  /** Asks again for a while where the router goes by another configuration: while that changes, one of us is behind. */
  private async decide(): Promise<RouteDecision | FaultError> {
    const { agreeWithinMs } = this.tools;
    let waitedMs = 0;
    for (let waitMs = firstAgreementWaitMs; ; waitMs *= 2) {
      const decision = await this.ask();
      this.settings = this.tools.attempt.settings.current;
      if (!this.isOutdated(decision)) return decision;
      const pauseMs = Math.min(waitMs, agreeWithinMs - waitedMs);
      if (pauseMs <= 0 || !(await this.tools.waits.wait(pauseMs, this.input.client))) {
        return new FaultError(fault('catalog_mismatch'));
      }
      waitedMs += pauseMs;
    }
  }

  /** Whether nothing may be made of this decision. What it has reserved is given back. */
  private isOutdated(decision: RouteDecision | FaultError): boolean {
    if (decision instanceof FaultError) return decision.fault.code === 'catalog_mismatch';
    if (decision.catalogVersion === this.settings.catalog.version) return false;
    const { attemptId, modelGroup } = decision;
    this.lastAttempt = { attemptId, modelGroup, tokens: 0, nanoDollars: 0 };
    new AttemptRecord(this.input.call, decision, this.tools.attempt.outbox).file('failed', 0, noTokens);
    return true;
  }

  private async ask(): Promise<RouteDecision | FaultError> {
    const { call, trace } = this.input;
    const catalogVersion = this.tools.attempt.settings.current.catalog.version;
    const span = trace.startDecide();
    const { traceparent } = span;
    const exclude = this.tried.map(({ deploymentId }) => deploymentId);
    try {
      const outcome = await this.tools.router.decide(
        routeRequestOf(call, {
          attemptId: randomUUID(),
          catalogVersion,
          exclude,
          previous: this.previous,
          traceparent,
        }),
      );
      if (outcome.limits !== undefined || outcome.scopeVerdicts !== undefined) this.lastTold = outcome;
      return outcome.outcome === 'chosen' ? outcome : new FaultError(outcome.fault);
    } catch (failure) {
      if (failure instanceof FaultError) return failure;
      throw failure;
    } finally {
      span.end();
    }
  }

  private refused(refusal: FaultError): CallFailure {
    const failure = refusalFailure(refusal, this.input.attemptedFallbacks > 0);
    this.input.onFailure(failure);
    return failure;
  }

  /** A caller at its limit gets no other try anywhere; the client is told of the failure that made one wanted. */
  private endedBy(refusal: FaultError, { error }: CallFailure): CallFailure | '' {
    this.input.onFailure({ error: refusal });
    return this.unlessGone({ error });
  }

  private async mocked(mock: MockFailure): Promise<CallFailure> {
    const { client, onFailure } = this.input;
    const failure = mockedFailure(mock);
    this.attemptsMade += 1;
    if (mock === 'timeout') await this.tools.waits.wait(this.budgetMs, client);
    onFailure(failure);
    return failure;
  }

  private unlessGone(failure: CallFailure): CallFailure | '' {
    return this.input.client.gone ? '' : failure;
  }

  /** Retries after a failure of which no policy says anything. */
  private ordinaryRetries(deploymentId: string | undefined): number {
    const failure: FailureClass = 'connection';
    const question = { ...this.retryWishes(deploymentId), failure, modelNames: [] };
    return retriesAllowed(this.settings.router, question);
  }

  private retryWishes(deploymentId: string | undefined) {
    const { deployments } = this.settings;
    const deployment = deploymentId === undefined ? undefined : deployments.get(deploymentId);
    return { asked: this.input.call.askedRetries, ofDeployment: deployment?.maxRetries };
  }
}
