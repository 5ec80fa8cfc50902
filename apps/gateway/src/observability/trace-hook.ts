import type { onRequestHookHandler } from 'fastify';
import { isModelCall } from '../authentication/route-of.js';
import { HttpCallTrace } from './http-call-trace.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every call before its key is checked. */
    callTrace?: HttpCallTrace;
  }
}

/** Begins the trace of a call before anything else, so that checking its key belongs to it. */
export const traceHook: onRequestHookHandler = (request, _reply, done) => {
  if (!isModelCall(request)) {
    done();
    return;
  }
  const trace = HttpCallTrace.start(request);
  request.callTrace = trace;
  trace.within(done);
};
