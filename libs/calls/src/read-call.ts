import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { DecisionRecords } from '@signalbox/config';
import {
  fault,
  FaultError,
  type Caller,
  type EndUserPolicy,
  type Residency,
  type CallMode,
} from '@signalbox/contracts';
import { checkRequestBody, type RequestBody } from '@signalbox/providers';
import { askedFallbacks } from './asked-fallbacks.js';
import { callResidency } from './call-residency.js';
import type { CallTags } from './call-tags.js';
import { askedRetries, askedTimeoutMs } from './call-wishes.js';
import type { CallEstimates } from './call-estimates.js';
import type { Call } from './call.js';
import { requireParams } from './enforced-params.js';
import { limitScopes, type TagLimits } from './limit-scopes.js';
import { mockFailureOf } from './mock-testing.js';
import { checkedModelName } from './model-name.js';

/** A call as it came in, and what is known of those it is made for. */
export interface CallInput extends Pick<
  Call,
  'requestId' | 'mode' | 'bytes' | 'body' | 'form' | 'caller' | 'endUserId'
> {
  /** Headers the client sent; its wishes may stand there. */
  readonly headers: IncomingHttpHeaders;
  /** The model where something else than the body names it; it wins. */
  readonly model: string | undefined;
  /** Of the end user, when there is one. */
  readonly policy: EndUserPolicy | undefined;
  /** Whether the body may order a failure (`mock_testing_*`). */
  readonly mayOrderFailures: boolean;
  /** Of which calls records are kept; absent: of none. */
  readonly decisionRecords?: DecisionRecords;
  readonly tags: CallTags;
  /** Of every tag that has some; undefined where none of the call's can have any. */
  readonly tagLimits: TagLimits | undefined;
  /** `performance.now()` when the call arrived. */
  readonly arrivedAt: number;
}

/**
 * Understands a call: what its headers and its body wish, within what its caller and its end user may.
 * @throws FaultError `invalid_request`
 */
export function readCall(
  { headers, model: given, policy, mayOrderFailures, tags, tagLimits, decisionRecords, ...known }: CallInput,
  estimates: CallEstimates,
): Call {
  const { mode, body, caller } = known;
  if (caller?.enforcedParams !== undefined) requireParams(body, caller.enforcedParams);
  const model = modelOf([given, body.model, policy?.defaultModel]);
  const residency = callResidency({ caller, policy, body });
  return {
    ...known,
    decisionId: keepsRecord(decisionRecords, residency) ? randomUUID() : undefined,
    model,
    limitScopes: limitScopes(caller, policy, tags.tags, tagLimits),
    residency,
    ...tags,
    ...estimates.of({ mode, model, caller, body }),
    askedRetries: askedRetries(headers, body),
    mayFallBack: mayFallBack(body, caller),
    askedFallbacks: askedFallbacks(mode, body),
    mock: mayOrderFailures ? mockFailureOf(body) : undefined,
    timeoutMs: askedTimeoutMs(headers['x-litellm-timeout'], body['timeout']),
    streamTimeoutMs: askedTimeoutMs(headers['x-litellm-stream-timeout'], body['stream_timeout']),
  };
}

/**
 * Returns a body that can be routed.
 * @throws FaultError `invalid_request`
 */
export function checkedBody(mode: CallMode, body: unknown): RequestBody {
  const checked = checkRequestBody(mode, body);
  if (checked.ok) return checked.body;
  const { message, param } = checked;
  throw new FaultError(fault('invalid_request', message, param === undefined ? {} : { param }));
}

function modelOf(names: readonly unknown[]): string {
  const named = names.find((name) => typeof name === 'string' && name !== '');
  if (typeof named === 'string') return checkedModelName(named);
  throw new FaultError(fault('invalid_request', "Missing required parameter: 'model'.", { param: 'model' }));
}

function keepsRecord(wanted: DecisionRecords = 'off', residency: readonly Residency[]): boolean {
  return wanted === 'all' || (wanted === 'restricted' && residency.length > 0);
}

function mayFallBack(body: RequestBody, caller: Caller | undefined): boolean {
  return body['disable_fallbacks'] !== true && caller?.disableFallbacks !== true;
}
