import { Body, Controller, Get, Header, Post, Query, Req } from '@nestjs/common';
import { keyBlock, keyCreate, keyDelete, keyRead, keyUpdate } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { generatedKey, keyInfoAnswer, keyRecord } from './key-answer.js';
import {
  BlockKeySchema,
  DeleteKeysSchema,
  exampleRow,
  GenerateKeySchema,
  KeyInfoQuerySchema,
  UpdateKeySchema,
} from './key-bodies.js';
import { keyHashOf, keyNameOf, newRawKey } from './raw-key.js';
import { readableKeyHash } from './readable-key.js';

const exampleKey = 'sk-R9tEyd0Vq8lZbR4nX2uW7cJmHk5sPgT1aLfQzYv4Ixw';

/** LiteLLM's `/key/*`. Raw keys stay in this process: only their sha-256 crosses the bus. */
@Controller('key')
@AdminController('keys')
export class KeysController {
  constructor(private readonly calls: AdminCalls) {}

  @Post('generate')
  @Header('cache-control', 'no-store')
  @AdminRoute({
    summary: 'Make a key; this answer is the only place where it can be read',
    body: {
      schema: GenerateKeySchema,
      example: {
        key_alias: 'ci',
        user_id: 'u1',
        models: ['gpt-4o'],
        duration: '30d',
        rpm_limit: 60,
        tpm_limit: 100_000,
        metadata: { tags: ['free'] },
      },
    },
    answer: generatedKey(exampleKey, exampleRow),
    errors: ['already_exists', 'record_not_found', 'identity_unavailable'],
  })
  async generate(@Body({ schema: GenerateKeySchema }) body: z.output<typeof GenerateKeySchema>) {
    const { key: brought, ...fields } = body;
    const rawKey = brought ?? newRawKey();
    const row = await this.calls.identity(keyCreate, {
      ...fields,
      token: keyHashOf(rawKey),
      key_name: keyNameOf(rawKey),
    });
    return generatedKey(rawKey, row);
  }

  @Post('update')
  @AdminRoute({
    summary: 'Change a key; absent fields stay, null clears, a duration begins now',
    body: { schema: UpdateKeySchema, example: { key: exampleKey, rpm_limit: 120 } },
    answer: keyRecord({ ...exampleRow, rpm_limit: 120 }),
    errors: ['already_exists', 'record_not_found', 'identity_unavailable'],
  })
  async update(@Body({ schema: UpdateKeySchema }) body: z.output<typeof UpdateKeySchema>) {
    const { key, ...fields } = body;
    return keyRecord(await this.calls.identity(keyUpdate, { ...fields, token: keyHashOf(key) }));
  }

  @Post('delete')
  @AdminRoute({
    summary: 'Delete keys, named by themselves, their hashes or their aliases, all or none',
    body: { schema: DeleteKeysSchema, example: { keys: [exampleKey] } },
    answer: { deleted_keys: [exampleRow.token] },
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async delete(@Body({ schema: DeleteKeysSchema }) body: z.output<typeof DeleteKeysSchema>) {
    const { deleted } = await this.calls.identity(keyDelete, {
      tokens: (body.keys ?? []).map(keyHashOf),
      key_aliases: body.key_aliases ?? [],
    });
    return { deleted_keys: deleted };
  }

  @Post('block')
  @AdminRoute({
    summary: 'Refuse every call made with a key',
    body: { schema: BlockKeySchema, example: { key: exampleKey } },
    answer: keyRecord({ ...exampleRow, blocked: true }),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async block(@Body({ schema: BlockKeySchema }) { key }: z.output<typeof BlockKeySchema>) {
    return keyRecord(await this.calls.identity(keyBlock, { token: keyHashOf(key), blocked: true }));
  }

  @Post('unblock')
  @AdminRoute({
    summary: 'Let a key call again',
    body: { schema: BlockKeySchema, example: { key: exampleKey } },
    answer: keyRecord(exampleRow),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async unblock(@Body({ schema: BlockKeySchema }) { key }: z.output<typeof BlockKeySchema>) {
    return keyRecord(await this.calls.identity(keyBlock, { token: keyHashOf(key), blocked: false }));
  }

  @Get('info')
  @AdminRoute({
    summary: 'One key; without a query, the key the request is made with',
    query: { key: 'The key or its sha-256; other keys than its own need the master key' },
    answer: keyInfoAnswer(exampleRow),
    errors: ['record_not_found', 'identity_unavailable'],
  })
  async info(
    @Req() { principal }: FastifyRequest,
    @Query({ schema: KeyInfoQuerySchema }) { key }: z.output<typeof KeyInfoQuerySchema>,
  ) {
    const wanted = key === undefined ? undefined : keyHashOf(key);
    const token = readableKeyHash(principal, wanted);
    return keyInfoAnswer(await this.calls.identity(keyRead, { token }));
  }
}
