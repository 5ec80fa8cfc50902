import type { onRequestHookHandler } from 'fastify';
import { isModelCall } from './authentication/route-of.js';

/**
 * Security headers for whatever a browser may show. Call routes are left out: their answers are written to the
 * socket directly, so the headers would be made and thrown away on the hottest path.
 */
export const protectPages: onRequestHookHandler = (request, reply, done) => {
  if (isModelCall(request)) {
    done();
    return;
  }
  reply.helmet(pageProtection);
  done();
};

const pageProtection = {
  contentSecurityPolicy: {
    directives: {
      // The OpenAPI pages style themselves inline.
      'style-src': ["'self'", "'unsafe-inline'"],
      // The gateway may be served over plain HTTP inside a cluster.
      'upgrade-insecure-requests': null,
    },
  },
};
