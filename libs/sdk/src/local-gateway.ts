import { randomUUID } from 'node:crypto';
import {
  checkedBody,
  errorEnvelope,
  httpFailureOf,
  callTags,
  readCall,
  retryHeaders,
  silentTrace,
  UpstreamError,
  type Call,
  type CallEstimates,
  type HttpFailure,
} from '@signalbox/calls';
import { CallModeSchema, fault, FaultError, type CallMode } from '@signalbox/contracts';
import { modeTraits } from '@signalbox/providers';
import { AnswerResponse } from './answer-response.js';
import type { RunningCalls } from './start-calls.js';

/** Nothing is ever sent there: names that end so do not exist. */
export const localAddress = 'http://router.invalid/v1';

/** Kinds of calls by their path; forms are left to the service. */
const modes: ReadonlyMap<string, CallMode> = new Map(
  CallModeSchema.options
    .filter((mode) => !modeTraits[mode].takesForm)
    .map((mode) => [`/v1${modeTraits[mode].route}`, mode]),
);

/** The gateway's API for calls as a `fetch`: what is sent there is served in this process. */
export class LocalGateway {
  private readonly underWay = new Map<AnswerResponse, Promise<void>>();
  private isClosed = false;

  /** @param running may still be starting: calls wait for it. */
  constructor(private readonly running: Promise<Pick<RunningCalls, 'service' | 'estimates'>>) {}

  readonly fetch = (address: string | URL | Request, request: RequestInit = {}): Promise<Response> => {
    if (this.isClosed) return Promise.reject(closed());
    const answer = new AnswerResponse();
    const stopListening = whenAborted(request.signal, (reason) => {
      answer.giveUp(reason);
    });
    const served = this.serve(address, request, answer).finally(() => {
      stopListening();
      this.underWay.delete(answer);
    });
    this.underWay.set(answer, served);
    return answer.response;
  };

  /** Gives up what is under way; resolves when nothing is any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    const served = [...this.underWay.values()];
    for (const answer of this.underWay.keys()) answer.giveUp(closed());
    await Promise.all(served);
  }

  /** Never rejects: what goes wrong is the answer. */
  private async serve(
    address: string | URL | Request,
    request: RequestInit,
    answer: AnswerResponse,
  ): Promise<void> {
    const requestId = randomUUID();
    try {
      const { service, estimates } = await this.running;
      if (answer.gone) return;
      await service.serve(callOf(requestId, address, request, estimates), answer, silentTrace);
    } catch (thrown) {
      const failure = failureOf(thrown);
      // What nobody foresaw is told as it is: there is no stranger to hide it from.
      if (failure === undefined) answer.giveUp(thrown);
      else refuse(answer, failure, requestId);
    }
  }
}

function callOf(
  requestId: string,
  address: string | URL | Request,
  request: RequestInit,
  estimates: CallEstimates,
): Call {
  const arrivedAt = performance.now();
  const { pathname } = new URL(address instanceof Request ? address.url : address);
  const mode = modes.get(pathname);
  if (mode === undefined || typeof request.body !== 'string') {
    throw new FaultError(fault('route_not_found', `${pathname} is not served by a router in this process.`));
  }
  const body = checkedBody(mode, JSON.parse(request.body));
  const headers = Object.fromEntries(new Headers(request.headers));
  const input = {
    requestId,
    mode,
    headers,
    model: undefined,
    bytes: Buffer.from(request.body),
    body,
    caller: undefined,
    endUserId: typeof body['user'] === 'string' ? body['user'] : undefined,
    policy: undefined,
    mayOrderFailures: true,
    tags: callTags({ headers, body, caller: undefined, mayTag: true }),
    tagLimits: undefined,
    arrivedAt,
  };
  return readCall(input, estimates);
}

function failureOf(thrown: unknown): HttpFailure | undefined {
  if (thrown instanceof UpstreamError) return thrown.failure;
  return thrown instanceof FaultError ? httpFailureOf(thrown.fault, 'signalbox') : undefined;
}

function refuse(answer: AnswerResponse, failure: HttpFailure, requestId: string): void {
  const headers = { ...retryHeaders(failure), 'x-litellm-call-id': requestId, 'x-request-id': requestId };
  answer.refuse(failure.status, headers, JSON.stringify(errorEnvelope(failure)));
}

function whenAborted(signal: RequestInit['signal'], listener: (reason: unknown) => void): () => void {
  if (signal === undefined || signal === null) return () => undefined;
  const onAbort = (): void => {
    listener(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
  };
}

function closed(): Error {
  return new Error('the router is closed');
}
