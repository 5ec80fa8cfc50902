import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { Agent } from 'undici';

// The least that a proxy in Node can do: `node:http` in front, `undici.dispatch` behind, nothing in between.
// It is the unit of the benchmark.

const origin = process.argv[2] ?? '';
const agent = new Agent({ connections: 256, pipelining: 1 });

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  let whole: Buffer[] | undefined;
  agent.dispatch(
    {
      origin,
      path: request.url ?? '/',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
      body,
    },
    {
      onRequestStart: () => undefined,
      onResponseStart(_controller, statusCode, headers) {
        const { 'content-length': length, 'content-type': type } = headers;
        if (length !== undefined) whole = [];
        const head: OutgoingHttpHeaders = {};
        if (typeof type === 'string') head['content-type'] = type;
        if (typeof length === 'string') head['content-length'] = length;
        response.writeHead(statusCode, head);
      },
      onResponseData(controller, chunk) {
        if (whole !== undefined) whole.push(chunk);
        else if (!response.write(chunk)) {
          controller.pause();
          response.once('drain', () => {
            controller.resume();
          });
        }
      },
      onResponseEnd() {
        if (whole === undefined) response.end();
        else response.end(whole.length === 1 ? whole[0] : Buffer.concat(whole));
      },
      onResponseError() {
        response.destroy();
      },
    },
  );
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    forward(
      request,
      response,
      chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'listening', address: server.address() });
});
process.on('disconnect', () => process.exit(0));
