import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import type { CallSettings } from '@signalbox/calls';
import type { Current } from '@signalbox/config';
import { fault, FaultError } from '@signalbox/contracts';
import { upstreamModel } from '@signalbox/providers';
import { resolveModel } from '@signalbox/routing';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AdminController, AdminRoute } from '../admin/admin-route.js';
import { callerOf } from '../authentication/principal.js';
import { SETTINGS } from '../gateway.tokens.js';

const TokenCountSchema = z
  .object({
    model: z.string().min(1),
    messages: z.array(z.looseObject({ role: z.string() })).nullish(),
    prompt: z.string().nullish(),
  })
  .refine(({ messages, prompt }) => (messages ?? prompt) != null, { message: 'name messages or prompt' });
type TokenCount = z.output<typeof TokenCountSchema>;

/** LiteLLM's `/utils/token_counter`: what a prompt is taken for before it is sent. */
@Controller('utils')
@AdminController('models')
export class TokenCounterController {
  constructor(@Inject(SETTINGS) private readonly settings: Current<CallSettings>) {}

  @Post('token_counter')
  @AdminRoute({
    summary: 'How many tokens a prompt has, as limits and budgets reserve it',
    body: {
      schema: TokenCountSchema,
      example: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hey there' }] },
    },
    answer: {
      total_tokens: 9,
      request_model: 'gpt-4o',
      model_used: 'gpt-4o',
      tokenizer_type: 'openai_tokenizer',
    },
    errors: ['model_not_found'],
  })
  count(@Req() { principal }: FastifyRequest, @Body({ schema: TokenCountSchema }) body: TokenCount) {
    const { model, messages, prompt } = body;
    const { catalog, estimates } = this.settings.current;
    const caller = callerOf(principal);
    const question = { model, keyAliases: caller?.aliases ?? {}, team: caller?.team ?? null };
    const target = resolveModel(catalog, question);
    const [deployment] = target?.deployments ?? [];
    if (deployment === undefined)
      throw new FaultError(fault('model_not_found', undefined, { param: 'model' }));
    const asked =
      messages == null
        ? ({ mode: 'completion', body: { prompt } } as const)
        : ({ mode: 'chat', body: { messages } } as const);
    return {
      total_tokens: estimates.of({ ...asked, model, caller }).promptTokens,
      request_model: model,
      model_used: upstreamModel(deployment.upstream, target?.wildcardTail),
      tokenizer_type: 'openai_tokenizer',
    };
  }
}
