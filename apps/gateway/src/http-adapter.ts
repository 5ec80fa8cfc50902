import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { answerFrameworkError } from './errors/framework-error.js';
import { answerRawClientError } from './errors/raw-client-error.js';

export interface HttpAdapterOptions {
  readonly maxRequestSizeBytes: number;
  /** How long a client may take to send a whole request, milliseconds. */
  readonly requestTimeoutMs: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came; set for every JSON body. */
    rawBody?: Buffer;
  }
}

/** Nest renames Fastify's errors to its own and loses their codes on the way; ours reach the filter as they are. */
class GatewayHttpAdapter extends FastifyAdapter {
  override mapException(error: unknown): unknown {
    return error;
  }
}

/** Makes the HTTP server: its limits on clients, request ids, and a JSON parser that keeps the bytes. */
export function createHttpAdapter({
  maxRequestSizeBytes,
  requestTimeoutMs,
}: HttpAdapterOptions): FastifyAdapter {
  const adapter = new GatewayHttpAdapter({
    bodyLimit: maxRequestSizeBytes,
    requestTimeout: requestTimeoutMs,
    http: slowClientLimits(requestTimeoutMs),
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    genReqId: requestIdOf,
    clientErrorHandler: answerRawClientError,
    frameworkErrors: answerFrameworkError,
    logger: false,
    // While it shuts down, our own hook refuses with our own envelope.
    return503OnClosing: false,
    skipMiddie: true,
  });
  parseOnlyJson(adapter.getInstance<FastifyInstance>());
  return adapter;
}

/** What a Node server allows clients that are slow to send. */
export function slowClientLimits(requestTimeoutMs: number) {
  return {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    // Node looks for slow clients only this often.
    connectionsCheckingInterval: Math.min(10_000, Math.max(50, Math.floor(requestTimeoutMs / 4))),
  };
}

/** LiteLLM lets the client name its call; anything unusual is replaced, it goes into logs and headers. */
function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const sent = headers['x-litellm-call-id'];
  return typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
}

function parseOnlyJson(instance: FastifyInstance): void {
  // Refuses __proto__ and constructor.prototype as keys: copied carelessly they change every object.
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    request.rawBody = bytes;
    void parse(request, bytes.toString(), done);
  });
}
