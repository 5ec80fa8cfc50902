import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FormBody, RequestBody } from '@signalbox/providers';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { readForm } from './calls/read-form.js';
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
    /** The parts of a body that is a form. */
    form?: FormBody;
  }
  interface FastifyContextConfig {
    /** The body may be a form with files. */
    takesForm?: boolean;
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
  const instance = adapter.getInstance<FastifyInstance>();
  parseOnlyJson(instance);
  parseFormsWhereTaken(instance);
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

function parseFormsWhereTaken(instance: FastifyInstance): void {
  const parse = async (request: FastifyRequest, bytes: Buffer): Promise<RequestBody> => {
    const { 'content-type': contentType = '' } = request.headers;
    if (request.routeOptions.config.takesForm !== true) {
      throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(contentType);
    }
    const { form, body } = await readForm(bytes, contentType);
    request.form = form;
    return body;
  };
  instance.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, parse);
}
