import {
  explainCall,
  UpstreamError,
  type Call,
  type CallExplanation,
  type ExplainTools,
} from '@signalbox/calls';
import { Inject, Injectable } from '@nestjs/common';
import { FaultError, type CallMode } from '@signalbox/contracts';
import { modeTraits } from '@signalbox/providers';
import type { FastifyRequest } from 'fastify';
import { keyHashOf } from '../admin/raw-key.js';
import { Authenticator } from '../authentication/authenticator.js';
import type { NamedRoute } from '../authentication/allowed-route.js';
import { houseRole } from '../authentication/key-rights.js';
import type { Principal } from '../authentication/principal.js';
import { explainAsOthers, routeRule } from '../authentication/route-rules.js';
import { CallReader, type SentCall } from '../calls/call-reader.js';
import { EXPLAIN_TOOLS } from '../gateway.tokens.js';
import type { ExplainBody } from './explain-body.js';

/** What is known of a call that is not made. */
export interface ExplainedCall {
  readonly principal?: Principal;
  readonly call?: Call;
  /** Absent: the call fails before anything is decided. */
  readonly explanation?: CallExplanation;
  readonly error?: UpstreamError | FaultError;
  /** Whether deployments of other teams are told. */
  readonly seesAll: boolean;
}

/** Takes a call through every step of a real one, from its key to the last fallback, and sends nothing. */
@Injectable()
export class CallExplainer {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly reader: CallReader,
    @Inject(EXPLAIN_TOOLS) private readonly tools: ExplainTools,
  ) {}

  /** @throws FaultError when who asks may not see what others would get; what the call itself would meet is told. */
  async explain(request: FastifyRequest, asked: ExplainBody): Promise<ExplainedCall> {
    const { mode, as_user: asUser, as_key: asKey, assume, ...body } = asked;
    if (asUser !== undefined || asKey !== undefined) {
      this.authenticator.admit(request.principal, { path: '/router/explain', rule: explainAsOthers });
    }
    const seesAll = maySeeAll(request.principal);
    const sent = { ...sentBy(request, asUser), body };
    let known: Pick<ExplainedCall, 'principal' | 'call'> = {};
    try {
      const principal = await this.principalOf(request.principal, asKey, mode);
      known = { principal };
      const call = await this.reader.read({ ...sent, principal }, mode);
      known = { principal, call };
      const question = { down: new Set(assume.down), seesHidden: seesAll };
      const explanation = await explainCall(this.tools, call, question);
      const { error } = explanation;
      return { ...known, explanation, seesAll, ...(error !== undefined && { error }) };
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      return { ...known, seesAll, error };
    }
  }

  private async principalOf(own: Principal, asKey: string | undefined, mode: CallMode): Promise<Principal> {
    const path = `/v1${modeTraits[mode].route}`;
    const route: NamedRoute = { path, rule: routeRule('POST', path) };
    if (asKey === undefined) return this.authenticator.admit(own, route);
    return this.authenticator.admitKey(keyHashOf(asKey), route);
  }
}

/** What came, with an end user put where one is looked for first. */
function sentBy(request: FastifyRequest, asUser: string | undefined): Omit<SentCall, 'body' | 'principal'> {
  const { id, headers, raw } = request;
  if (asUser === undefined) return { id, headers, raw };
  // As headers come: their bytes one by one.
  const written = Buffer.from(asUser).toString('latin1');
  const name = 'x-litellm-customer-id';
  return {
    id,
    headers,
    raw: {
      headers: { ...raw.headers, [name]: written },
      headersDistinct: { ...raw.headersDistinct, [name]: [written] },
    },
  };
}

function maySeeAll(principal: Principal): boolean {
  return principal.kind === 'master' || (principal.kind === 'key' && houseRole(principal.caller) !== 'none');
}
