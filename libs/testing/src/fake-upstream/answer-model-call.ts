import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answerOf } from './answer-of.js';
import type { Behaviour } from './behaviour.js';
import type { FakeSite, RecordedRequest } from './fake-site.js';
import { errorBody } from './model-answer.js';
import { readModelRequest } from './model-request.js';
import { takesForm, type ModelRoute } from './model-route.js';
import { sendAnswer, sendBody } from './send-answer.js';

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
  if (behaviour.body !== undefined || (behaviour.status ?? 200) >= 400) {
    sendBody(response, behaviour.status ?? 200, behaviour.body ?? errorBody(behaviour.status ?? 500));
    return;
  }
  const request = readModelRequest(recorded, takesForm(route));
  if (request === undefined) {
    sendBody(response, 400, errorBody(400));
    return;
  }
  const { used, content } = answerOf(route, request, {
    site: site.name,
    requestNumber: recorded.id,
    created: Math.floor(Date.now() / 1000),
    deployment: route.deployment,
    behaviour,
  });
  recorded.usage = used;
  await sendAnswer(response, content, {
    behaviour,
    cutOff: () => {
      closeUnfinished(response);
    },
  });
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
