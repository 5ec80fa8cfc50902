import { Body, Controller, Post, Req } from '@nestjs/common';
import { FaultError, keyUpdate } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { keyRecord } from './key-answer.js';
import { KeyAuthority, keyNameIn } from './key-authority.js';
import { BulkUpdateKeysSchema, exampleKey, exampleRow } from './key-bodies.js';
import { RecordSpend } from './record-spend.js';
import { keySpender } from './spenders.js';

type BulkUpdate = z.output<typeof BulkUpdateKeysSchema>;
type KeyInfo = ReturnType<typeof keyRecord>;

/** One of many; keys are named by hash or alias, never as they are. */
interface Outcome {
  readonly key: string;
  readonly key_info: KeyInfo | null;
  readonly failed_reason?: string;
}

/** Changes many keys, each for itself: LiteLLM's `/key/bulk_update`. */
@Controller('key')
@AdminController('keys')
export class KeyBulkController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly authority: KeyAuthority,
    private readonly spend: RecordSpend,
  ) {}

  @Post('bulk_update')
  @AdminRoute({
    summary: 'Change many keys, each for itself: the answer says which were changed, and why others were not',
    body: { schema: BulkUpdateKeysSchema, example: { keys: [{ key: exampleKey, max_budget: 100 }] } },
    answer: {
      total_requested: 1,
      successful_updates: [
        { key: exampleRow.token, key_info: keyRecord({ ...exampleRow, max_budget: 100 }) },
      ],
      failed_updates: [],
    },
    errors: ['identity_unavailable'],
  })
  async update(@Req() request: FastifyRequest, @Body({ schema: BulkUpdateKeysSchema }) { keys }: BulkUpdate) {
    const outcomes: Outcome[] = [];
    // One after the other: a key that is named twice ends as it was named last.
    for (const change of keys) outcomes.push(await this.updateOne(request, change));
    return {
      total_requested: keys.length,
      successful_updates: outcomes.filter((outcome) => outcome.failed_reason === undefined),
      failed_updates: outcomes.filter((outcome) => outcome.failed_reason !== undefined),
    };
  }

  private async updateOne(
    request: FastifyRequest,
    { key, ...fields }: BulkUpdate['keys'][number],
  ): Promise<Outcome> {
    const name = keyNameIn(key, fields.key_alias);
    try {
      const token = await this.authority.changeable(request, name, fields);
      const row = await this.calls.identity(keyUpdate, { ...fields, token });
      return { key: token, key_info: keyRecord(await this.spend.ofOne(keySpender, row)) };
    } catch (error) {
      // What happens to all of them is the call's own failure.
      if (!(error instanceof FaultError) || error.fault.code === 'identity_unavailable') throw error;
      const { message } = error.fault;
      return { key: name.token ?? name.key_alias ?? '', key_info: null, failed_reason: message };
    }
  }
}
