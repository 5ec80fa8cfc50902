import {
  callTags,
  checkedBody,
  readCall,
  type Call,
  type CallSettings,
  type TagLimits,
} from '@signalbox/calls';
import { Inject, Injectable } from '@nestjs/common';
import type { Current, GeneralSettings } from '@signalbox/config';
import { fault, FaultError, type EndUserPolicy, type CallMode } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import { IdentityDirectory } from '../authentication/identity-directory.js';
import { callerOf, type Principal } from '../authentication/principal.js';
import { everyTag } from '../authentication/tag-limits.js';
import { GENERAL, SETTINGS } from '../gateway.tokens.js';
import { endUserHeaders, endUserIdOf, type SentHeaders } from './end-user-id.js';

/** What a call is read from; an HTTP request that was authenticated has it all. */
export type SentCall = Pick<FastifyRequest, 'id' | 'headers' | 'body' | 'rawBody' | 'form' | 'principal'> & {
  readonly raw: SentHeaders;
};

/** Understands an HTTP request as a call, or refuses it with a FaultError. */
@Injectable()
export class CallReader {
  private readonly endUserHeaders: readonly string[];

  constructor(
    @Inject(GENERAL) private readonly general: GeneralSettings,
    @Inject(SETTINGS) private readonly settings: Current<CallSettings>,
    private readonly identities: IdentityDirectory,
  ) {
    this.endUserHeaders = endUserHeaders(general);
  }

  /** @param pathModel the model where the path names it; it wins over the body's. */
  async read(request: SentCall, mode: CallMode, pathModel?: string): Promise<Call> {
    const arrivedAt = performance.now();
    const { headers, principal } = request;
    const body = checkedBody(mode, request.body);
    const endUserId = endUserIdOf(request.raw, body, this.endUserHeaders);
    const caller = callerOf(principal);
    const policy = endUserId === undefined ? undefined : await this.policyOf(endUserId);
    const tags = callTags({ headers, body, caller, mayTag: this.general.rejectClientTags !== true });
    const input = {
      requestId: request.id,
      mode,
      headers,
      model: pathModel,
      bytes: request.form ? undefined : (request.rawBody ?? Buffer.from(JSON.stringify(body))),
      body,
      form: request.form,
      caller,
      endUserId,
      policy,
      mayOrderFailures: this.mayOrderFailures(principal),
      tags,
      decisionRecords: this.general.decisionRecords,
      tagLimits: tags.tags.length === 0 ? undefined : await this.tagLimits(),
      arrivedAt,
    };
    return readCall(input, this.settings.current.estimates);
  }

  /** LiteLLM's `mock_testing_*` are for the master key, and for everybody where the configuration says so. */
  private mayOrderFailures(principal: Principal): boolean {
    return principal.kind === 'master' || this.general.allowMockTesting === true;
  }

  /** Fails closed: a tag whose limits nobody knows is not served. */
  private async tagLimits(): Promise<TagLimits> {
    const { tagLimits } = this.identities;
    return tagLimits.peek(everyTag) ?? (await tagLimits.read(everyTag));
  }

  /** Fails closed: an end user whose record cannot be read is not served. */
  private async policyOf(endUserId: string): Promise<EndUserPolicy> {
    const { endUsers } = this.identities;
    const policy = endUsers.peek(endUserId) ?? (await endUsers.read(endUserId));
    if (policy.blocked) throw new FaultError(fault('end_user_blocked'));
    return policy;
  }
}
