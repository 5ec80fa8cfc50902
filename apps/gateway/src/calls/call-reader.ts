import { askedFallbacks, type Call, checkedModelName, mockFailureOf } from '@signalbox/calls';
import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@signalbox/config';
import { fault, FaultError, type EndUserPolicy } from '@signalbox/contracts';
import { checkRequestBody, estimateTokens, type CallMode, type RequestBody } from '@signalbox/providers';
import type { FastifyRequest } from 'fastify';
import { IdentityDirectory } from '../authentication/identity-directory.js';
import { callerOf, type Principal } from '../authentication/principal.js';
import { SETTINGS } from '../gateway.tokens.js';
import { askedRetries, askedTimeoutMs } from './call-limits.js';
import { callResidency } from './call-residency.js';
import { callTags } from './call-tags.js';
import { endUserIdOf } from './end-user-id.js';

/** Understands an HTTP request as a call, or refuses it with a FaultError. */
@Injectable()
export class CallReader {
  private readonly endUserHeaders: readonly string[];

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly identities: IdentityDirectory,
  ) {
    const { userHeaderMappings, userHeaderName } = settings.general;
    this.endUserHeaders = [...userHeaderMappings, ...(userHeaderName === undefined ? [] : [userHeaderName])];
  }

  /** @param pathModel the model where the path names it; it wins over the body's. */
  async read(request: FastifyRequest, mode: CallMode, pathModel?: string): Promise<Call> {
    const arrivedAt = performance.now();
    const { headers, principal } = request;
    const caller = callerOf(principal);
    const body = checkedBody(mode, request.body);
    const endUserId = endUserIdOf(request.raw, body, this.endUserHeaders);
    const policy = endUserId === undefined ? undefined : await this.policyOf(endUserId);
    const { promptTokens, outputTokens } = estimateTokens(mode, body);
    return {
      requestId: request.id,
      mode,
      model: modelOf(pathModel, body, policy),
      bytes: request.rawBody ?? Buffer.from(JSON.stringify(body)),
      body,
      caller,
      endUserId,
      residency: callResidency(policy, body),
      tags: callTags(headers, body, caller),
      promptTokens,
      outputTokens,
      askedRetries: askedRetries(headers, body),
      mayFallBack: body['disable_fallbacks'] !== true && caller?.disableFallbacks !== true,
      askedFallbacks: askedFallbacks(mode, body),
      mock: this.mayOrderFailures(principal) ? mockFailureOf(body) : undefined,
      timeoutMs: askedTimeoutMs(headers['x-litellm-timeout'], body['timeout']),
      streamTimeoutMs: askedTimeoutMs(headers['x-litellm-stream-timeout'], body['stream_timeout']),
      arrivedAt,
    };
  }

  /** LiteLLM's `mock_testing_*` are for the master key, and for everybody where the configuration says so. */
  private mayOrderFailures(principal: Principal): boolean {
    return principal.kind === 'master' || this.settings.general.allowMockTesting === true;
  }

  /** Fails closed: an end user whose record cannot be read is not served. */
  private async policyOf(endUserId: string): Promise<EndUserPolicy> {
    const { endUsers } = this.identities;
    const policy = endUsers.peek(endUserId) ?? (await endUsers.read(endUserId));
    if (policy.blocked) throw new FaultError(fault('end_user_blocked'));
    return policy;
  }
}

function checkedBody(mode: CallMode, body: unknown): RequestBody {
  const checked = checkRequestBody(mode, body);
  if (checked.ok) return checked.body;
  const { message, param } = checked;
  throw new FaultError(fault('invalid_request', message, param === undefined ? {} : { param }));
}

function modelOf(
  pathModel: string | undefined,
  body: RequestBody,
  policy: EndUserPolicy | undefined,
): string {
  const names = [pathModel, body.model, policy?.defaultModel];
  const named = names.find((name) => typeof name === 'string' && name !== '');
  if (typeof named === 'string') return checkedModelName(named);
  throw new FaultError(fault('invalid_request', "Missing required parameter: 'model'.", { param: 'model' }));
}
