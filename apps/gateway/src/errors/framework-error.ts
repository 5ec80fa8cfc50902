import { errorEnvelope, httpFailureOf, retryHeaders } from '@signalbox/calls';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { faultOfException } from './fault-of-exception.js';

/** Answers addresses that Fastify cannot even look up, for example `/%zz`: no hook and no filter sees them. */
export function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const failure = httpFailureOf(faultOfException(error), 'signalbox');
  void reply
    .status(failure.status)
    .headers(retryHeaders(failure))
    .header('x-litellm-call-id', request.id)
    .send(errorEnvelope(failure));
}
