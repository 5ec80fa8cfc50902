import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentCall } from './call-documentation.js';
import { HttpCalls } from './http-calls.js';

/** OpenAI's routes of text and numbers in all spellings LiteLLM takes. */
@Controller()
export class CallsController {
  constructor(private readonly calls: HttpCalls) {}

  @Post(['v1/chat/completions', 'chat/completions', 'router/completions', 'queue/chat/completions'])
  @DocumentCall('chat')
  chat(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('chat', request, reply);
  }

  @Post(['engines/:model/chat/completions', 'openai/deployments/:model/chat/completions'])
  @DocumentCall('chat')
  chatOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.calls.serve('chat', request, reply, model);
  }

  @Post(['v1/completions', 'completions'])
  @DocumentCall('completion')
  completion(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('completion', request, reply);
  }

  @Post(['engines/:model/completions', 'openai/deployments/:model/completions'])
  @DocumentCall('completion')
  completionOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.calls.serve('completion', request, reply, model);
  }

  @Post(['v1/embeddings', 'embeddings'])
  @DocumentCall('embedding')
  embedding(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('embedding', request, reply);
  }

  @Post(['engines/:model/embeddings', 'openai/deployments/:model/embeddings'])
  @DocumentCall('embedding')
  embeddingOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.calls.serve('embedding', request, reply, model);
  }

  @Post(['v1/responses', 'responses', 'openai/v1/responses', 'openai/responses'])
  @DocumentCall('responses')
  responses(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('responses', request, reply);
  }

  @Post(['v1/moderations', 'moderations'])
  @DocumentCall('moderation')
  moderation(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('moderation', request, reply);
  }
}
