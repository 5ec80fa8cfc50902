import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Behaviour } from './behaviour.js';
import type { FakeSite, RecordedRequest } from './fake-site.js';
import {
  chatBody,
  completionBody,
  embeddingBody,
  errorBody,
  modelRequestSchema,
  modelsBody,
  speak,
  usageOf,
  type ModelRequest,
  type Occasion,
  type Usage,
} from './model-answer.js';
import type { ModelRoute } from './model-route.js';
import { chatEvents, completionEvents, type StreamEvent } from './model-stream.js';

/** Answers one recorded model call as the site's script says. */
export async function answerModelCall(
  site: FakeSite,
  route: ModelRoute,
  recorded: RecordedRequest,
  response: ServerResponse,
): Promise<void> {
  const behaviour = site.behaviourFor(recorded);
  noteEnd(site, recorded, response);
  if (behaviour.latencyMs !== undefined) await delay(behaviour.latencyMs, undefined, { ref: false });
  if (response.destroyed) return;
  if (behaviour.hangUp === true) {
    closeUnfinished(response);
    return;
  }
  setHeaders(response, site, route, recorded, behaviour);
  const request = modelRequestSchema.safeParse(recorded.body ?? {});
  if (behaviour.body !== undefined || (behaviour.status ?? 200) >= 400) {
    sendBody(response, behaviour.status ?? 200, behaviour.body ?? errorBody(behaviour.status ?? 500));
    return;
  }
  if (!request.success) {
    sendBody(response, 400, errorBody(400));
    return;
  }
  const occasion: Occasion = {
    site: site.name,
    requestNumber: recorded.id,
    created: Math.floor(Date.now() / 1000),
    deployment: route.deployment,
    behaviour,
  };
  if (route.operation !== 'models') recorded.usage = usageOfAnswer(route, request.data, occasion);
  if (isStream(route, request.data)) {
    await sendStream(response, eventsOf(route, request.data, occasion), behaviour);
  } else if (behaviour.garbage === true) {
    sendBody(response, 200, '<html>this is not what you asked for');
  } else {
    sendBody(response, behaviour.status ?? 200, bodyOf(route, request.data, occasion));
  }
}

/** Whether it is told to the caller or not. */
function usageOfAnswer(route: ModelRoute, request: ModelRequest, occasion: Occasion): Usage | undefined {
  const told = { ...occasion, behaviour: { ...occasion.behaviour, usage: true } };
  return route.operation === 'embedding' ? usageOf(request, 0, told.behaviour) : speak(request, told).usage;
}

function isStream(route: ModelRoute, request: ModelRequest): boolean {
  return request.stream === true && (route.operation === 'chat' || route.operation === 'completion');
}

function bodyOf(route: ModelRoute, request: ModelRequest, occasion: Occasion): object {
  switch (route.operation) {
    case 'chat':
      return chatBody(speak(request, occasion));
    case 'completion':
      return completionBody(speak(request, occasion));
    case 'embedding':
      return embeddingBody(request, occasion);
    case 'models':
      return modelsBody(occasion.created);
  }
}

function eventsOf(route: ModelRoute, request: ModelRequest, occasion: Occasion): StreamEvent[] {
  const includeUsage = request.stream_options?.include_usage === true;
  const options = { behaviour: occasion.behaviour, includeUsage };
  const speech = speak(request, occasion);
  return route.operation === 'chat'
    ? chatEvents(speech, { ...options, azure: route.azure })
    : completionEvents(speech, options);
}

async function sendStream(
  response: ServerResponse,
  events: readonly StreamEvent[],
  behaviour: Behaviour,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  let contentEvents = 0;
  for (const [index, event] of events.entries()) {
    if (index > 0 && behaviour.chunkDelayMs !== undefined)
      await delay(behaviour.chunkDelayMs, undefined, { ref: false });
    if (response.destroyed) return;
    if (event.content && contentEvents === behaviour.truncateStreamAfter) {
      closeUnfinished(response);
      return;
    }
    if (event.content) contentEvents += 1;
    response.write(`data: ${behaviour.garbage === true && event.content ? '{"not json' : event.data}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

function sendBody(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  if (!response.hasHeader('content-type')) {
    response.setHeader('content-type', isText ? 'text/html; charset=utf-8' : 'application/json');
  }
  response.writeHead(status);
  response.end(isText ? body : JSON.stringify(body));
}

function setHeaders(
  response: ServerResponse,
  site: FakeSite,
  route: ModelRoute,
  recorded: RecordedRequest,
  behaviour: Behaviour,
): void {
  response.setHeader('x-request-id', `req_fake_${site.name}_${recorded.id}`);
  const region = behaviour.region === undefined && route.azure ? site.azureRegion : behaviour.region;
  if (typeof region === 'string') response.setHeader('x-ms-region', region);
  for (const [name, value] of Object.entries(behaviour.headers ?? {})) response.setHeader(name, value);
}

const closedByUs = new WeakSet<ServerResponse>();

function closeUnfinished(response: ServerResponse): void {
  closedByUs.add(response);
  // A reset, not a polite end: what was written before goes out first.
  if (response.headersSent) response.socket?.end(() => response.destroy());
  else response.destroy();
}

function noteEnd(site: FakeSite, recorded: RecordedRequest, response: ServerResponse): void {
  response.once('close', () => {
    const isCutOff = closedByUs.has(response);
    site.ended(recorded, isCutOff ? 'cut off' : response.writableFinished ? 'whole' : 'aborted');
  });
}
