import { CallService } from '@signalbox/calls';
import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Logger } from '@signalbox/platform';
import type { CallMode } from '@signalbox/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOGGER } from '../gateway.tokens.js';
import { GatewayMetrics } from '../observability/gateway-metrics.js';
import { HttpCallTrace } from '../observability/http-call-trace.js';
import { DecisionOutbox } from '../decisions/decision-outbox.js';
import { UsageOutbox } from '../usage/usage-outbox.js';
import { DocumentCall } from './call-documentation.js';
import { CallReader } from './call-reader.js';
import { ClientConnection } from './client-connection.js';

/** A client that reads nothing for so long is cut off. */
const clientStallMs = 60_000;

/** OpenAI's call routes in all spellings LiteLLM takes. */
@Controller()
export class CallsController {
  constructor(
    private readonly reader: CallReader,
    private readonly service: CallService,
    private readonly metrics: GatewayMetrics,
    private readonly outbox: UsageOutbox,
    private readonly decisions: DecisionOutbox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Post(['v1/chat/completions', 'chat/completions', 'router/completions', 'queue/chat/completions'])
  @DocumentCall('chat')
  chat(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.serve('chat', request, reply);
  }

  @Post(['engines/:model/chat/completions', 'openai/deployments/:model/chat/completions'])
  @DocumentCall('chat')
  chatOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.serve('chat', request, reply, model);
  }

  @Post(['v1/completions', 'completions'])
  @DocumentCall('completion')
  completion(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.serve('completion', request, reply);
  }

  @Post(['engines/:model/completions', 'openai/deployments/:model/completions'])
  @DocumentCall('completion')
  completionOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.serve('completion', request, reply, model);
  }

  @Post(['v1/embeddings', 'embeddings'])
  @DocumentCall('embedding')
  embedding(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.serve('embedding', request, reply);
  }

  @Post(['engines/:model/embeddings', 'openai/deployments/:model/embeddings'])
  @DocumentCall('embedding')
  embeddingOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.serve('embedding', request, reply, model);
  }

  private async serve(
    mode: CallMode,
    request: FastifyRequest,
    reply: FastifyReply,
    model?: string,
  ): Promise<void> {
    const startedAt = performance.now();
    const client = new ClientConnection(reply, clientStallMs);
    const trace = request.callTrace ?? HttpCallTrace.start(request);
    let modelGroup = '';
    // The filter sets the status of a failed call after this method has thrown, hence the event.
    reply.raw.once('close', () => {
      const durationMs = performance.now() - startedAt;
      const status = client.gone ? 499 : reply.raw.statusCode;
      trace.end(status);
      this.metrics.call({ route: request.routeOptions.url ?? '', status, modelGroup }, durationMs);
      if (!this.logger.isLevelEnabled('debug')) return;
      this.logger.debug(
        { requestId: request.id, route: request.routeOptions.url, status, durationMs },
        'call',
      );
    });
    this.outbox.requireRoom();
    this.decisions.requireRoom();
    const call = await trace.within(() => this.reader.read(request, mode, model));
    modelGroup = await this.service.serve(call, client, trace);
  }
}
