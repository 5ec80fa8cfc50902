import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { AdminPort } from './authentication/admin-port.js';
import { answerRawClientError } from './errors/raw-client-error.js';
import { slowClientLimits } from './http-adapter.js';

export interface AdminAddress {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** Lets a gateway listen once more, for its admin API; Fastify itself has a single server. Rejects when the port is taken. */
export async function listenForAdmins(
  instance: FastifyInstance,
  adminPort: AdminPort,
  { host, port }: AdminAddress,
  requestTimeoutMs: number,
): Promise<Server> {
  await instance.ready();
  const server = createServer(slowClientLimits(requestTimeoutMs), (request, response) => {
    adminPort.note(request);
    instance.routing(request, response);
  });
  server.on('clientError', answerRawClientError);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  return server;
}
