import { randomUUID } from 'node:crypto';
import {
  callResidency,
  checkedModelName,
  DecisionLog,
  type CallSettings,
  type KnownCall,
} from '@signalbox/calls';
import { Inject, Injectable } from '@nestjs/common';
import type { Current, GeneralSettings } from '@signalbox/config';
import { FaultError, type Fault } from '@signalbox/contracts';
import type { RequestBody } from '@signalbox/providers';
import type { FastifyRequest } from 'fastify';
import { IdentityDirectory } from '../authentication/identity-directory.js';
import { callerOf, type Principal } from '../authentication/principal.js';
import { isModelCall } from '../authentication/route-of.js';
import { endUserHeaders, endUserIdOf } from '../calls/end-user-id.js';
import { GENERAL, SETTINGS } from '../gateway.tokens.js';
import { DecisionOutbox } from './decision-outbox.js';
import { modeOfRoute } from './mode-of-route.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The call was read: what becomes of it is recorded by who serves it. */
    isUnderstood?: boolean;
  }
}

/** Keeps records of calls that were refused before anybody knew what they ask for and for whom. */
@Injectable()
export class RefusedCalls {
  private readonly endUserHeaders: readonly string[];

  constructor(
    private readonly decisions: DecisionOutbox,
    private readonly identities: IdentityDirectory,
    @Inject(GENERAL) private readonly general: GeneralSettings,
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
  ) {
    this.endUserHeaders = endUserHeaders(general);
  }

  /**
   * Records a refusal with what was known, and returns the id of the record. Undefined where none is kept: whoever has no key that
   * lets it in could fill the disk with them.
   */
  record(request: FastifyRequest, fault: Fault): string | undefined {
    // Nobody was let in without a principal, whatever its type says.
    const { principal } = request as { readonly principal?: Principal };
    if (principal === undefined || request.isUnderstood === true || !isModelCall(request)) return undefined;
    const call = this.known(request, principal);
    if (!this.isKept(call)) return undefined;
    const decisionId = randomUUID();
    const { version: catalogVersion } = this.settings.current.catalog;
    const end = { catalogVersion, now: Date.now(), isGone: false, error: new FaultError(fault) };
    this.decisions.add(new DecisionLog(call, decisionId).close(end));
    return decisionId;
  }

  /** Of an end user whose rules nobody has read it is not known whether there are some. */
  private isKept({ residency, endUserId }: KnownCall): boolean {
    const { decisionRecords } = this.general;
    if (decisionRecords === 'off' || this.decisions.refusesCalls) return false;
    return decisionRecords === 'all' || residency.length > 0 || endUserId !== undefined;
  }

  private known(request: FastifyRequest, principal: Principal): KnownCall {
    const body = isObject(request.body) ? (request.body as RequestBody) : {};
    const caller = callerOf(principal);
    const endUserId = readable(() => endUserIdOf(request.raw, body, this.endUserHeaders));
    const policy = endUserId === undefined ? undefined : this.identities.endUsers.peek(endUserId);
    return {
      requestId: request.id,
      mode: modeOfRoute(request.routeOptions.url ?? ''),
      model: modelIn(request, body),
      caller,
      endUserId,
      residency:
        readable(() => callResidency({ caller, policy, body })) ??
        callResidency({ caller, policy, body: {} }),
      tags: caller?.tags ?? [],
    };
  }
}

/** What is no name of a model may be a prompt. */
function modelIn({ params }: FastifyRequest, body: RequestBody): string {
  const named = isObject(params) && 'model' in params ? params.model : body.model;
  return (typeof named === 'string' ? readable(() => checkedModelName(named)) : undefined) ?? '';
}

/** Undefined for what was sent in a way that nobody can read. */
function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FaultError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
