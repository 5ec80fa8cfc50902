import { HttpException } from '@nestjs/common';
import { fault, FaultError, type ErrorCode, type Fault } from '@signalbox/contracts';

/** Errors of Fastify that are the client's doing, by their code. */
const fastifyFaults: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'route_not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'route_not_found',
  FST_ERR_ASYNC_CONSTRAINT: 'route_not_found',
};

const statusFaults: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  404: 'record_not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'request_too_large',
  415: 'unsupported_media_type',
  422: 'validation_error',
};

/** Reads anything thrown by our code, Nest or Fastify as a fault; what nobody foresaw is an internal error. */
export function faultOfException(thrown: unknown): Fault {
  if (thrown instanceof FaultError) return thrown.fault;
  if (thrown instanceof HttpException) {
    return fault(statusFaults[thrown.getStatus()] ?? codeOfStatus(thrown.getStatus()), messageOf(thrown));
  }
  if (!(thrown instanceof Error)) return fault('internal_error');
  const { code, statusCode } = thrown as Error & { code?: unknown; statusCode?: unknown };
  if (typeof code === 'string' && code in fastifyFaults)
    return fault(fastifyFaults[code] ?? 'internal_error');
  // The JSON parser's own errors (malformed text, forbidden keys such as __proto__) carry only a status.
  if (thrown instanceof SyntaxError && statusCode === 400) return fault('invalid_json');
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return fault(statusFaults[statusCode] ?? 'invalid_request');
  }
  return fault('internal_error');
}

function codeOfStatus(status: number): ErrorCode {
  return status >= 400 && status < 500 ? 'invalid_request' : 'internal_error';
}

/** Nest's validation pipe puts one sentence per fault into a list; messages of our own 5xx are not for the public. */
function messageOf(exception: HttpException): string | undefined {
  if (exception.getStatus() >= 500) return undefined;
  const body = exception.getResponse();
  const message = typeof body === 'string' ? body : (body as { message?: unknown }).message;
  if (Array.isArray(message)) return message.map(String).join('; ');
  return typeof message === 'string' ? message : undefined;
}
