import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { decisionPublicKey, valueOf } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { FastifyReply } from 'fastify';
import { DocumentErrors } from '../errors/error-documentation.js';
import { BUS } from '../gateway.tokens.js';

const pemType = 'application/x-pem-file';

/** What exports of decision records are checked with; whoever checks one needs no key of the house. */
@Controller('decisions')
@ApiTags('decision records')
export class PublicKeyController {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  @Get('public-key')
  @ApiOperation({ summary: 'The public half of the key that exports are signed with: Ed25519, PEM' })
  @ApiResponse({ status: 200, content: { [pemType]: { example: '-----BEGIN PUBLIC KEY-----' } } })
  @DocumentErrors('usage_unavailable')
  async publicKey(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const found = await this.bus.call(decisionPublicKey, {}, { unavailable: 'usage_unavailable' });
    void reply.type(pemType);
    return valueOf(found).pem;
  }
}
