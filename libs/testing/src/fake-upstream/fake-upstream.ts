import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerModelCall } from './answer-model-call.js';
import { scriptSchema, type Behaviour } from './behaviour.js';
import { FakeSite, type RecordedRequest } from './fake-site.js';
import { lacksApiVersion, readModelRoute } from './model-route.js';
import { isFormType, readForm } from './recorded-form.js';

/** A pretended provider with any number of sites ("eu", "us", …) that speaks OpenAI's and Azure's HTTP. */
export interface FakeUpstream {
  port: number;
  /** The api_base of a site, `http://127.0.0.1:PORT/eu`; add `/v1` or nothing, both are served. */
  siteUrl(site: string): string;
  /** How the next requests to the site behave, one behaviour each. */
  next(site: string, ...behaviours: Behaviour[]): void;
  /** How all other requests to the site behave from now on. */
  always(site: string, behaviour: Behaviour): void;
  /** The same, chosen for each request. */
  behave(site: string, choose: (request: RecordedRequest) => Behaviour): void;
  /** Hears of every request to the site when its answer has ended, well or not. */
  onEnded(site: string, listener: (request: RecordedRequest) => void): void;
  /** What the site received, oldest first (the last thousand). */
  requests(site: string): readonly RecordedRequest[];
  /** Resolves as soon as the condition holds for what the site received. */
  until(site: string, condition: (requests: readonly RecordedRequest[]) => boolean): Promise<void>;
  /** Connections that callers hold open now. */
  openConnections(): number;
  /** Forgets every script and request. */
  reset(): void;
  stop(): Promise<void>;
}

export interface FakeUpstreamOptions {
  /** Default: any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
}

/** Starts the pretended provider. Scripts are set here or with `POST /__fake/{site}/script`. */
export async function startFakeUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const { port = 0, host = '127.0.0.1' } = options;
  const sites = new Map<string, FakeSite>();
  const site = (name: string): FakeSite => {
    const known = sites.get(name) ?? new FakeSite(name);
    sites.set(name, known);
    return known;
  };
  let connections = 0;
  const server = createServer((request, response) => {
    handle(request, response, { site, connections: () => connections }).catch(() => {
      // The caller went away while it was still sending.
      response.destroy();
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    socket.once('close', () => (connections -= 1));
  });
  server.listen({ port, host });
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    siteUrl: (name) => `http://127.0.0.1:${address.port}/${name}`,
    next: (name, ...behaviours) => {
      site(name).follow({ next: behaviours });
    },
    always: (name, behaviour) => {
      site(name).follow({ always: behaviour });
    },
    behave: (name, choose) => {
      site(name).behave(choose);
    },
    onEnded: (name, listener) => {
      site(name).onEnded(listener);
    },
    requests: (name) => site(name).requests,
    until: (name, condition) => site(name).until(condition),
    openConnections: () => connections,
    reset: () => {
      for (const known of sites.values()) known.reset();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Facts {
  site: (name: string) => FakeSite;
  connections: () => number;
}

async function handle(request: IncomingMessage, response: ServerResponse, facts: Facts): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const bytes = await readBytes(request);
  const control = /^\/__fake\/([^/]+)\/([a-z]+)$/.exec(url.pathname);
  if (control !== null) {
    answerControl(
      facts,
      { site: facts.site(control[1] ?? ''), word: control[2] ?? '', request, text: bytes.toString() },
      response,
    );
    return;
  }
  const route = readModelRoute(url.pathname);
  if (route === undefined || lacksApiVersion(route, url)) {
    const message =
      route === undefined ? `Invalid URL (${request.method ?? ''} ${url.pathname})` : 'Resource not found';
    sendJson(response, 404, { error: { message, type: 'invalid_request_error', param: null, code: null } });
    return;
  }
  const site = facts.site(route.site);
  const recorded = site.record({
    method: request.method ?? 'GET',
    path: url.pathname + url.search,
    headers: request.headers,
    body: await readBody(bytes, request.headers['content-type']),
  });
  await answerModelCall(site, route, recorded, response);
}

interface ControlCall {
  site: FakeSite;
  word: string;
  request: IncomingMessage;
  text: string;
}

/** `GET requests`, `GET connections`, `POST script`, `POST reset`, each below `/__fake/{site}/`. */
function answerControl(facts: Facts, call: ControlCall, response: ServerResponse): void {
  switch (`${call.request.method ?? ''} ${call.word}`) {
    case 'GET requests':
      sendJson(response, 200, call.site.requests);
      return;
    case 'GET connections':
      sendJson(response, 200, { open: facts.connections() });
      return;
    case 'POST script': {
      const script = scriptSchema.safeParse(parsed(call.text));
      if (script.success) call.site.follow(script.data);
      sendJson(response, script.success ? 200 : 400, script.success ? {} : { error: script.error.message });
      return;
    }
    case 'POST reset':
      call.site.reset();
      sendJson(response, 200, {});
      return;
    default:
      sendJson(response, 404, { error: 'Known: GET requests, GET connections, POST script, POST reset.' });
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readBytes(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function readBody(bytes: Buffer<ArrayBuffer>, contentType: string | undefined): Promise<unknown> {
  const form = isFormType(contentType) ? await readForm(bytes, contentType) : undefined;
  return form ?? parsed(bytes.toString());
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
