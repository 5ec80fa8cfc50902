import type { CompatLevel } from '@signalbox/calls';
import { Body, Controller, HttpCode, Inject, Post, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CallModeSchema } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import { adminValidation } from '../admin/admin-validation.js';
import { DocumentErrors } from '../errors/error-documentation.js';
import { COMPAT_LEVEL } from '../gateway.tokens.js';
import { CallExplainer } from './call-explainer.js';
import { exampleAnswer } from './example-answer.js';
import { exampleBody, ExplainBodySchema, type ExplainBody } from './explain-body.js';
import { explanationAnswer } from './explanation-answer.js';

/** Says what would become of a call. */
@Controller('router')
@ApiTags('router')
@ApiBearerAuth()
export class ExplainController {
  constructor(
    private readonly explainer: CallExplainer,
    @Inject(COMPAT_LEVEL) private readonly compatLevel: CompatLevel,
  ) {}

  @Post('explain')
  @HttpCode(200)
  @UsePipes(adminValidation)
  @ApiOperation({
    summary: 'What would become of a call, and why; nothing is sent or reserved',
    description:
      'Takes the body and the headers of a call. `as_user` and `as_key` show what others would get and are for ' +
      'admins and viewers; any key may ask for itself.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      properties: {
        mode: { type: 'string', enum: CallModeSchema.options, default: 'chat' },
        as_user: { type: 'string', description: 'As if made for this end user.' },
        as_key: { type: 'string', description: 'As if made with this key, or the key with this sha-256.' },
        assume: {
          type: 'object',
          properties: {
            down: {
              type: 'array',
              items: { type: 'string' },
              description: 'Ids of deployments that are supposed not to answer.',
            },
          },
        },
      },
    },
    examples: { plain: { value: exampleBody } },
  })
  @ApiResponse({ status: 200, content: { 'application/json': { example: exampleAnswer } } })
  @DocumentErrors('missing_key', 'admin_only', 'validation_error')
  async explain(
    @Req() request: FastifyRequest,
    @Body({ schema: ExplainBodySchema }) asked: ExplainBody,
  ): Promise<ReturnType<typeof explanationAnswer>> {
    return explanationAnswer(await this.explainer.explain(request, asked), this.compatLevel);
  }
}
