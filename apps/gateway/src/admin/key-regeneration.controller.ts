import { Body, Controller, Header, Param, Post, Req } from '@nestjs/common';
import { keyRegenerate } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { generatedKey } from './key-answer.js';
import { KeyAuthority, keyNameIn, type KeyName } from './key-authority.js';
import { exampleKey, exampleRow, RegenerateKeySchema, RegenerateNamedKeySchema } from './key-bodies.js';
import { keyHashOf, KeyOrHashSchema, keyNameOf, newRawKey } from './raw-key.js';
import { RecordSpend } from './record-spend.js';
import { keySpender } from './spenders.js';

/** Gives keys another value; a raw key stands in no other answer but that to generate. */
@Controller('key')
@AdminController('keys')
export class KeyRegenerationController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly authority: KeyAuthority,
    private readonly spend: RecordSpend,
  ) {}

  @Post('regenerate')
  @Header('cache-control', 'no-store')
  @AdminRoute({
    summary: 'Give a key another value, and perhaps other fields; the old value works for a grace period',
    body: { schema: RegenerateKeySchema, example: { key: exampleKey, grace_period: '24h' } },
    answer: generatedKey(exampleKey, exampleRow),
    errors: ['already_exists', 'record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  regenerate(
    @Req() request: FastifyRequest,
    @Body({ schema: RegenerateKeySchema }) { key, ...fields }: z.output<typeof RegenerateKeySchema>,
  ) {
    return this.replace(request, keyNameIn(key, fields.key_alias), fields);
  }

  @Post(':key/regenerate')
  @Header('cache-control', 'no-store')
  @AdminRoute({
    summary: 'The same for the key in the address, itself or better its sha-256',
    body: { schema: RegenerateNamedKeySchema, example: { grace_period: '24h' } },
    answer: generatedKey(exampleKey, exampleRow),
    errors: ['already_exists', 'record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  regenerateNamed(
    @Req() request: FastifyRequest,
    @Param('key', { schema: KeyOrHashSchema }) key: string,
    @Body({ schema: RegenerateNamedKeySchema }) fields: z.output<typeof RegenerateNamedKeySchema>,
  ) {
    return this.replace(request, { token: keyHashOf(key) }, fields);
  }

  private async replace(
    request: FastifyRequest,
    name: KeyName,
    { new_key: brought, ...fields }: z.output<typeof RegenerateNamedKeySchema>,
  ) {
    const token = await this.authority.changeable(request, name, fields);
    const rawKey = brought ?? newRawKey();
    const replacement = { new_token: keyHashOf(rawKey), key_name: keyNameOf(rawKey) };
    const row = await this.calls.identity(keyRegenerate, { ...fields, ...replacement, token });
    return generatedKey(rawKey, await this.spend.ofOne(keySpender, row));
  }
}
