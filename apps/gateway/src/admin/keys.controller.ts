import { Body, Controller, Header, Post, Req } from '@nestjs/common';
import { keyBlock, keyCreate, keyDelete, keyUpdate } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AdminCalls } from './admin-calls.js';
import { AdminController, AdminRoute } from './admin-route.js';
import { generatedKey, keyRecord } from './key-answer.js';
import { KeyAuthority, keyNameIn } from './key-authority.js';
import {
  BlockKeySchema,
  DeleteKeysSchema,
  exampleKey,
  exampleRow,
  GenerateKeySchema,
  ServiceAccountSchema,
  UpdateKeySchema,
} from './key-bodies.js';
import { keyHashOf, keyNameOf, newRawKey } from './raw-key.js';
import { RecordSpend } from './record-spend.js';
import { keySpender } from './spenders.js';
import { exampleTeam } from './team-bodies.js';

/** LiteLLM's `/key/*`. Raw keys stay in this process: only their sha-256 crosses the bus. */
@Controller('key')
@AdminController('keys')
export class KeysController {
  constructor(
    private readonly calls: AdminCalls,
    private readonly authority: KeyAuthority,
    private readonly spend: RecordSpend,
  ) {}

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
        key_type: 'llm_api',
        rpm_limit: 60,
        tpm_limit: 100_000,
        metadata: { tags: ['free'] },
      },
    },
    answer: generatedKey(exampleKey, exampleRow),
    errors: ['already_exists', 'record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  async generate(
    @Req() request: FastifyRequest,
    @Body({ schema: GenerateKeySchema }) body: z.output<typeof GenerateKeySchema>,
  ) {
    return this.make(request, body);
  }

  @Post('service-account/generate')
  @Header('cache-control', 'no-store')
  @AdminRoute({
    summary: "Make a key of a team that is nobody's own; otherwise as /key/generate",
    body: { schema: ServiceAccountSchema, example: { team_id: exampleTeam.team_id, key_alias: 'ci' } },
    answer: generatedKey(exampleKey, { ...exampleRow, team_id: exampleTeam.team_id, user_id: null }),
    errors: ['already_exists', 'record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  generateForService(
    @Req() request: FastifyRequest,
    @Body({ schema: ServiceAccountSchema }) body: z.output<typeof ServiceAccountSchema>,
  ) {
    return this.make(request, { ...body, user_id: null });
  }

  @Post('update')
  @AdminRoute({
    summary:
      'Change a key, named by itself, its hash or its alias; absent fields stay, null clears, a duration begins now',
    body: { schema: UpdateKeySchema, example: { key: exampleKey, rpm_limit: 120 } },
    answer: keyRecord({ ...exampleRow, rpm_limit: 120 }),
    errors: ['already_exists', 'record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  async update(
    @Req() request: FastifyRequest,
    @Body({ schema: UpdateKeySchema }) { key, ...fields }: z.output<typeof UpdateKeySchema>,
  ) {
    const token = await this.authority.changeable(request, keyNameIn(key, fields.key_alias), fields);
    const row = await this.calls.identity(keyUpdate, { ...fields, token });
    return keyRecord(await this.spend.ofOne(keySpender, row));
  }

  @Post('delete')
  @AdminRoute({
    summary: 'Delete keys, named by themselves, their hashes or their aliases, all or none',
    body: { schema: DeleteKeysSchema, example: { keys: [exampleKey] } },
    answer: { deleted_keys: [exampleRow.token] },
    errors: ['record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  async delete(
    @Req() request: FastifyRequest,
    @Body({ schema: DeleteKeysSchema }) body: z.output<typeof DeleteKeysSchema>,
  ) {
    const tokens = (body.keys ?? []).map(keyHashOf);
    const aliases = body.key_aliases ?? [];
    const names = [...tokens.map((token) => ({ token })), ...aliases.map((key_alias) => ({ key_alias }))];
    await this.authority.requireChangeable(request, names);
    const { deleted } = await this.calls.identity(keyDelete, { tokens, key_aliases: aliases });
    return { deleted_keys: deleted };
  }

  @Post('block')
  @AdminRoute({
    summary: 'Refuse every call made with a key',
    body: { schema: BlockKeySchema, example: { key: exampleKey } },
    answer: keyRecord({ ...exampleRow, blocked: true }),
    errors: ['record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  block(
    @Req() request: FastifyRequest,
    @Body({ schema: BlockKeySchema }) { key }: z.output<typeof BlockKeySchema>,
  ) {
    return this.setBlocked(request, key, true);
  }

  @Post('unblock')
  @AdminRoute({
    summary: 'Let a key call again',
    body: { schema: BlockKeySchema, example: { key: exampleKey } },
    answer: keyRecord(exampleRow),
    errors: ['record_not_found', 'route_not_allowed', 'identity_unavailable'],
  })
  unblock(
    @Req() request: FastifyRequest,
    @Body({ schema: BlockKeySchema }) { key }: z.output<typeof BlockKeySchema>,
  ) {
    return this.setBlocked(request, key, false);
  }

  private async make(request: FastifyRequest, body: z.output<typeof GenerateKeySchema>) {
    const { key: brought, token: imported, key_name: name, ...fields } = body;
    await this.authority.requireMakeable(request, fields);
    const rawKey = imported == null ? (brought ?? newRawKey()) : null;
    const row = await this.calls.identity(keyCreate, {
      ...fields,
      token: imported ?? keyHashOf(rawKey ?? ''),
      key_name: rawKey === null ? (name ?? 'sk-...') : keyNameOf(rawKey),
    });
    return generatedKey(rawKey, await this.spend.ofOne(keySpender, row));
  }

  private async setBlocked(request: FastifyRequest, key: string, blocked: boolean) {
    const token = await this.authority.changeable(request, { token: keyHashOf(key) });
    const row = await this.calls.identity(keyBlock, { token, blocked });
    return keyRecord(await this.spend.ofOne(keySpender, row));
  }
}
