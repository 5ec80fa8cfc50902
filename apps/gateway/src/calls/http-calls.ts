import { CallService } from '@signalbox/calls';
import { Inject, Injectable } from '@nestjs/common';
import { fault, FaultError, type CallMode } from '@signalbox/contracts';
import type { Logger } from '@signalbox/platform';
import { modeTraits } from '@signalbox/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DecisionOutbox } from '../decisions/decision-outbox.js';
import { LOGGER } from '../gateway.tokens.js';
import { GatewayMetrics } from '../observability/gateway-metrics.js';
import { HttpCallTrace } from '../observability/http-call-trace.js';
import { UsageOutbox } from '../usage/usage-outbox.js';
import { CallReader } from './call-reader.js';
import { ClientConnection } from './client-connection.js';

/** A client that reads nothing for so long is cut off. */
const clientStallMs = 60_000;

/** Serves HTTP requests as calls of models. */
@Injectable()
export class HttpCalls {
  constructor(
    private readonly reader: CallReader,
    private readonly service: CallService,
    private readonly metrics: GatewayMetrics,
    private readonly outbox: UsageOutbox,
    private readonly decisions: DecisionOutbox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Resolves when the client has its answer or has gone.
   * @param model the model where the path names it; it wins over the body's.
   * @throws what the error filter shall answer
   */
  async serve(mode: CallMode, request: FastifyRequest, reply: FastifyReply, model?: string): Promise<void> {
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
    if (modeTraits[mode].takesForm && request.form === undefined) throw formExpected();
    this.outbox.requireRoom();
    this.decisions.requireRoom();
    const call = await trace.within(() => this.reader.read(request, mode, model));
    request.isUnderstood = true;
    modelGroup = await this.service.serve(call, client, trace);
  }
}

function formExpected(): FaultError {
  return new FaultError(fault('unsupported_media_type', 'Expected a body of type multipart/form-data.'));
}
