import {
  type CompatLevel,
  decisionIdHeader,
  errorEnvelope,
  type HttpFailure,
  httpFailureOf,
  retryHeaders,
  UpstreamError,
} from '@signalbox/calls';
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { fault, type Fault } from '@signalbox/contracts';
import type { Logger } from '@signalbox/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminPort } from '../authentication/admin-port.js';
import { RefusedCalls } from '../decisions/refused-calls.js';
import { COMPAT_LEVEL, LOGGER } from '../gateway.tokens.js';
import { faultOfException } from './fault-of-exception.js';
import { RouteTable } from './route-table.js';

/** The one place that turns whatever went wrong into an HTTP answer. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(COMPAT_LEVEL) private readonly compatLevel: CompatLevel,
    private readonly routes: RouteTable,
    private readonly adminPort: AdminPort,
    private readonly refused: RefusedCalls,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const failure = this.failureOf(thrown, request, reply);
    this.log(thrown, failure, request);
    request.callTrace?.end(failure.status);
    if (reply.sent || reply.raw.headersSent) {
      // An answer that has begun cannot become an error any more: the client must see that it is not whole.
      if (!reply.raw.writableEnded) reply.raw.destroy();
      return;
    }
    const decisionId = this.refused.record(request, faultOfException(thrown));
    if (decisionId !== undefined) reply.header(decisionIdHeader, decisionId);
    void reply
      .status(failure.status)
      .headers(retryHeaders(failure))
      .header('content-type', 'application/json; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .header('x-litellm-call-id', request.id)
      .send(JSON.stringify(errorEnvelope(failure)));
  }

  private failureOf(thrown: unknown, request: FastifyRequest, reply: FastifyReply): HttpFailure {
    if (thrown instanceof UpstreamError) return thrown.failure;
    const found = request.is404 ? this.faultOfPath(request, reply) : faultOfException(thrown);
    return httpFailureOf(found, this.compatLevel);
  }

  private faultOfPath(request: FastifyRequest, reply: FastifyReply): Fault {
    const methods = this.routes.methodsOf(request.url.split('?', 1)[0] ?? '', (rule) =>
      this.adminPort.serves(request.raw, rule),
    );
    if (methods.length === 0) return fault('route_not_found');
    reply.header('allow', methods.join(', '));
    return fault('method_not_allowed');
  }

  private log(thrown: unknown, failure: HttpFailure, request: FastifyRequest): void {
    const level = failure.status >= 500 ? 'error' : 'debug';
    if (!this.logger.isLevelEnabled(level)) return;
    const line = {
      requestId: request.id,
      route: request.routeOptions.url,
      status: failure.status,
      type: failure.type,
    };
    // The cause of an internal error is for us alone; a foreseen one needs no stack.
    if (failure.status === 500) this.logger.error({ ...line, error: thrown }, 'request failed');
    else this.logger[level](line, 'request refused');
  }
}
