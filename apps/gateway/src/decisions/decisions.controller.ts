import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { decisionRead, fault, FaultError, valueOf } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AdminController, AdminRoute } from '../admin/admin-route.js';
import { firstMoment, lastMoment, momentQuery } from '../admin/moment-query.js';
import { houseRole } from '../authentication/key-rights.js';
import type { Principal } from '../authentication/principal.js';
import { BUS } from '../gateway.tokens.js';
import { decisionAnswer, ownDecisionAnswer } from './decision-answer.js';
import { DecisionExport } from './decision-export.js';

const exportQuery = z.object({
  end_user: z.string().min(1),
  start_date: momentQuery.transform((text) => firstMoment(text).toISOString()).optional(),
  // The last moment belongs to it.
  end_date: momentQuery
    .transform((text) => new Date(lastMoment(text).getTime() + 1).toISOString())
    .optional(),
});

const example: z.output<typeof decisionRead.value> = {
  record: {
    decisionId: '5f0c3a0e-6a57-4b56-9d2f-0c6e4c1d7b11',
    requestId: '0c0b6f0e-5a55-4d0e-9a2a-6f3b0b6d9a10',
    decidedAt: '2026-11-21T10:05:00.000Z',
    caller: { keyHash: null, teamId: null, userId: null, endUserId: 'ishaan-jaff-45' },
    policy: { residency: [{ allowed: ['eu'], from: 'end_user' }], tags: [], keyModels: [], teamModels: [] },
    catalogVersion: 'c0ffee',
    mode: 'chat',
    model: 'gpt-4o',
    hops: [
      {
        attemptId: '9b8f3f0e-0c4e-4c8e-8f5e-0d4f2a6b7c31',
        model: 'gpt-4o',
        verdicts: [
          { deploymentId: 'azure-sweden', code: 'chosen' },
          { deploymentId: 'azure-us', code: 'region_outside', detail: 'region us is outside eu (end_user)' },
        ],
        modelGroup: 'gpt-4o',
        deploymentId: 'azure-sweden',
        region: { name: 'swedencentral', zone: 'eu', country: 'SE' },
        regionSource: 'declared',
        catalogVersion: 'c0ffee',
        outcome: 'succeeded',
        upstreamStatus: 200,
      },
    ],
    outcome: 'succeeded',
  },
  partition: 12,
  sequence: 7,
  recordHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

/** Where calls went and why. */
@Controller('decisions')
@AdminController('decision records')
export class DecisionsController {
  constructor(
    @Inject(BUS) private readonly bus: Bus,
    private readonly exports: DecisionExport,
  ) {}

  @Get('export')
  @AdminRoute({
    summary: 'Every record of an end user, as JSON lines that signalbox-verify checks',
    query: {
      end_user: 'The end user',
      start_date: 'The first day or time, ISO 8601, UTC unless told',
      end_date: 'The last day or time; a day counts to its end',
    },
    answer: { kind: 'export', format: 1, subject: 'end_user:ishaan-jaff-45' },
    errors: ['usage_unavailable'],
  })
  async export(
    @Query({ schema: exportQuery })
    { end_user: endUserId, start_date: from, end_date: until }: z.output<typeof exportQuery>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const lines = await this.exports.open({
      endUserId,
      ...(from !== undefined && { from }),
      ...(until !== undefined && { until }),
    });
    await reply
      .type('application/x-ndjson; charset=utf-8')
      .header('content-disposition', 'attachment; filename="decisions.jsonl"')
      .send(Readable.from(lines));
  }

  @Get(':id')
  @AdminRoute({
    summary: 'One record, by the header x-signalbox-decision-id of its call; a key sees its own',
    answer: decisionAnswer(example),
    errors: ['record_not_found', 'usage_unavailable'],
  })
  async one(@Req() { principal }: FastifyRequest, @Param('id') decisionId: string) {
    const read = await this.bus.call(decisionRead, { decisionId }, { unavailable: 'usage_unavailable' });
    const found = valueOf(read);
    if (seesAll(principal)) return decisionAnswer(found);
    // Whether there are others is not told either.
    if (!isOwn(principal, found.record.caller.keyHash)) throw new FaultError(fault('record_not_found'));
    return ownDecisionAnswer(found);
  }
}

function seesAll(principal: Principal): boolean {
  return principal.kind === 'master' || (principal.kind === 'key' && houseRole(principal.caller) !== 'none');
}

function isOwn(principal: Principal, keyHash: string | null): boolean {
  return principal.kind === 'key' && principal.caller.keyHash === keyHash;
}
