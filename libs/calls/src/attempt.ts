import {
  fault,
  FaultError,
  formatDollars,
  type RouteDecision,
  type TokenCounts,
  type UsageRecord,
} from '@signalbox/contracts';
import {
  buildUpstreamRequest,
  countAnswer,
  countCutAnswer,
  estimateUsage,
  modeTraits,
  readUsageFromAnswer,
  type TokenCounter,
  type UpstreamRequest,
} from '@signalbox/providers';
import type { OutgoingHttpHeaders } from 'node:http';
import { openUpstream } from './upstream/open-upstream.js';
import { Permit } from './upstream/permit.js';
import type { UpstreamExchange, UpstreamHead } from './upstream/upstream-exchange.js';
import { UpstreamFailure } from './upstream/upstream-failure.js';
import type { AnswerClient } from './answer-client.js';
import { answerStream } from './answer-stream.js';
import { attemptCost } from './attempt-cost.js';
import { AttemptRecord, noTokens } from './attempt-record.js';
import { attemptTimeouts, type AttemptTimeouts } from './attempt-timeouts.js';
import type { AttemptTools } from './attempt-tools.js';
import type { CallFailure } from './call-failure.js';
import type { CallSettings } from './call-settings.js';
import type { CallTally } from './call-tally.js';
import type { CallTrace } from './call-trace.js';
import type { Call } from './call.js';
import { relayOf, type Relay } from './relay.js';
import { responseHeaders } from './response-headers.js';
import { aliasedName, restampAnswer } from './restamp-model.js';
import { upstreamRefusal } from './upstream-refusal.js';

/** More of an error answer is not read. */
const maxErrorBytes = 1024 * 1024;

export interface AttemptInput {
  readonly call: Call;
  readonly decision: RouteDecision;
  /** The settings this attempt goes by, from its permit to its last byte. */
  readonly settings: CallSettings;
  readonly client: AnswerClient;
  readonly tally: CallTally;
  readonly trace: CallTrace;
}

/** What passing an answer on as it comes needs. */
interface Streaming {
  readonly request: UpstreamRequest;
  readonly timeouts: AttemptTimeouts;
  readonly relay: Relay;
}

/** What is known of an attempt that failed before its answer began. */
interface FailureFacts {
  /** HTTP status of the provider; 0: none. */
  readonly status: number;
  /** The time limit that counts is one the caller has made shorter. */
  readonly isShortened: boolean;
  /** What had come of a whole answer. */
  readonly answerBytes: number;
}

/**
 * One attempt at one deployment. Its usage record is filed on every way out. Returns the failure when nothing
 * has been written to the client, undefined when the client has its answer or has gone.
 */
export class Attempt {
  private readonly record: AttemptRecord;

  constructor(
    private readonly tools: AttemptTools,
    private readonly input: AttemptInput,
  ) {
    this.record = new AttemptRecord(input.call, input.decision, tools.outbox);
  }

  /** What it used, once it is over. */
  get usedTokens(): number {
    return this.record.usedTokens;
  }

  /** What that cost, nano-dollars; undefined when nobody knows. */
  get nanoDollars(): number | undefined {
    return this.record.nanoDollars;
  }

  async run(): Promise<CallFailure | undefined> {
    const { call, decision, client, settings } = this.input;
    try {
      const permit = Permit.forDecision(decision, call.residency, settings, this.tools.facts);
      if (client.gone) return undefined;
      this.record.sentWith(permit);
      return await this.send(permit);
    } finally {
      // Whatever way out did not say better: the attempt is over and produced nothing.
      this.record.file(client.gone ? 'client_disconnected' : 'failed', 0, noTokens);
    }
  }

  private async send(permit: Permit): Promise<CallFailure | undefined> {
    const { call, decision, client, trace, settings } = this.input;
    const { deployment, wildcardTail } = permit;
    const { upstream } = deployment;
    const request = buildUpstreamRequest({
      upstream,
      mode: call.mode,
      bytes: call.bytes,
      body: call.body,
      form: call.form,
      wildcardTail,
    });
    const timeouts = attemptTimeouts(call, deployment, settings.router);
    const span = trace.startUpstream(deployment);
    const exchange = openUpstream(this.tools.dispatcher, permit, request, {
      deadlineMs: request.streamed ? timeouts.firstByteMs : timeouts.wholeMs,
      silenceMs: request.streamed ? timeouts.wholeMs : 0,
    });
    client.onGone(() => {
      exchange.abort('client_gone');
    });
    let status = 0;
    try {
      const head = await exchange.head;
      status = head.status;
      this.tools.learned.observe(deployment, head.headers);
      if (status < 200 || status >= 300) return await this.refused(exchange, head, permit);
      const { maxAnswerBytes } = this.tools;
      const relay = relayOf(call.mode, { head, request, name: aliasedName(call, decision), maxAnswerBytes });
      if (relay === undefined) await this.whole(exchange, head, permit, timeouts);
      else await this.stream(exchange, head, permit, { request, timeouts, relay });
      return undefined;
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      const isFirstByte = request.streamed && !this.record.hasFirstByte;
      const isShortened = timeouts.shortened[isFirstByte ? 'firstByte' : 'whole'];
      return this.failed(error, { status, isShortened, answerBytes: exchange.heldBytes });
    } finally {
      // Nothing is left to read, whatever the way out: a connection in the middle of an answer is closed.
      exchange.abort('invalid');
      this.tools.metrics.upstream(deployment, status, this.record.elapsedMs);
      span.end(status);
    }
  }

  private async whole(
    exchange: UpstreamExchange,
    head: UpstreamHead,
    permit: Permit,
    timeouts: AttemptTimeouts,
  ): Promise<void> {
    const { call, decision, client } = this.input;
    exchange.setDeadline(this.restOf(timeouts));
    const bytes = await exchange.collect(this.tools.maxAnswerBytes);
    const reading = readUsageFromAnswer(bytes);
    if (!reading.valid || (reading.holdsError && reading.usage === undefined))
      throw new UpstreamFailure('invalid');
    const name = aliasedName(call, decision);
    const answer = name === undefined ? bytes : restampAnswer(bytes, name);
    const tokens = reading.usage ?? this.estimate(permit, (counter) => countAnswer(bytes, counter));
    client.writeHead(head.status, {
      ...this.headers(head, permit),
      ...costHeader(attemptCost(call.mode, permit.deployment, tokens)),
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    client.end(answer);
    this.tools.metrics.tokens(permit.deployment, tokens);
    this.record.file(client.gone ? 'client_disconnected' : 'succeeded', head.status, tokens);
  }

  private async stream(
    exchange: UpstreamExchange,
    head: UpstreamHead,
    permit: Permit,
    { request, timeouts, relay }: Streaming,
  ): Promise<void> {
    const { client } = this.input;
    await exchange.firstByte();
    this.record.noteFirstByte();
    exchange.setDeadline(request.streamed ? undefined : this.restOf(timeouts));
    client.writeHead(head.status, { ...this.headers(head, permit), ...relay.headers });
    const { tap } = relay;
    const outcome = await answerStream({ exchange, client, relay });
    const tokens = tap.usage ?? this.estimate(permit, (counter) => tap.countAnswer(counter));
    this.tools.metrics.tokens(permit.deployment, tokens);
    this.record.file(outcome, head.status, tokens, callerTimedOut(outcome, timeouts.shortened.whole));
  }

  private restOf({ wholeMs }: AttemptTimeouts): number {
    return Math.max(1, wholeMs - this.record.elapsedMs);
  }

  private async refused(
    exchange: UpstreamExchange,
    head: UpstreamHead,
    permit: Permit,
  ): Promise<CallFailure> {
    const { status } = head;
    const { apiKey = '' } = permit.deployment.upstream;
    // A redirect could lead out of the region; it is never followed.
    if (status < 400) throw new UpstreamFailure('invalid');
    const bytes = await exchange.collect(maxErrorBytes).catch((error: unknown) => {
      if (error instanceof UpstreamFailure && error.kind === 'client_gone') throw error;
      return Buffer.alloc(0);
    });
    const refusal = upstreamRefusal(head, bytes, [apiKey]);
    const { providerAskedMs = Number.POSITIVE_INFINITY } = refusal;
    const retryAfter = Number.isFinite(providerAskedMs) ? { retryAfterMs: providerAskedMs } : {};
    this.record.file('failed', status, noTokens, retryAfter);
    this.warn({ status }, 'a provider refused');
    return refusal;
  }

  /** What the provider does not tell: the prompt as estimated before, the answer as far as it came. */
  private estimate(
    { deployment, wildcardTail }: Permit,
    count: (counter: TokenCounter) => number,
  ): TokenCounts {
    const { call, settings } = this.input;
    if (!modeTraits[call.mode].answersText) return estimateUsage(call.promptTokens);
    return estimateUsage(call.promptTokens, count(settings.estimates.counterOf(deployment, wildcardTail)));
  }

  private failed(
    failure: UpstreamFailure,
    { status, isShortened, answerBytes }: FailureFacts,
  ): CallFailure | undefined {
    const { promptTokens, mode } = this.input.call;
    const { outcome } = failure;
    const answerTokens = modeTraits[mode].answersText ? countCutAnswer(answerBytes) : 0;
    const mayHaveWorked = failure.kind !== 'unreachable' && failure.kind !== 'invalid';
    const tokens = mayHaveWorked ? estimateUsage(promptTokens, answerTokens) : noTokens;
    this.record.file(outcome, status, tokens, callerTimedOut(outcome, isShortened));
    if (failure.kind === 'client_gone') return undefined;
    const { code } = (failure.cause ?? {}) as { code?: unknown };
    this.warn({ status, kind: failure.kind, code }, 'an attempt failed');
    return {
      error: new FaultError(fault(failure.code), { cause: failure }),
      failureClass: failure.kind === 'timed_out' ? 'timeout' : 'connection',
      kind: 'general',
    };
  }

  /** What a provider says may repeat the prompt, so only numbers and kinds are logged. */
  private warn(details: object, message: string): void {
    const { call, decision } = this.input;
    const { requestId } = call;
    const { attemptId, deploymentId } = decision;
    this.tools.logger.warn({ requestId, attemptId, deploymentId, ...details }, message);
  }

  private headers(head: UpstreamHead, permit: Permit): OutgoingHttpHeaders {
    const { call, decision, tally } = this.input;
    const headers = responseHeaders({
      requestId: call.requestId,
      decisionId: call.decisionId,
      decision,
      permit,
      tally,
      overheadMs: performance.now() - call.arrivedAt - this.record.elapsedMs,
      version: this.tools.version,
      upstreamHeaders: head.headers,
    });
    return this.tools.isDraining() ? { ...headers, connection: 'close' } : headers;
  }
}

/** LiteLLM's; streams have none, as their headers go before anybody knows. */
function costHeader(nanoDollars: number | undefined): OutgoingHttpHeaders {
  return nanoDollars === undefined ? {} : { 'x-litellm-response-cost': formatDollars(nanoDollars) };
}

/** Tells in the usage record that the time limit which passed was the caller's own. */
function callerTimedOut(
  outcome: UsageRecord['outcome'],
  isShortened: boolean,
): Pick<UsageRecord, 'callerTimedOut'> {
  return outcome === 'timed_out' && isShortened ? { callerTimedOut: true } : {};
}
