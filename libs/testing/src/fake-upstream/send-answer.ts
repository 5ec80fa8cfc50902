import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnswerContent } from './answer-content.js';
import type { Behaviour } from './behaviour.js';

/** Sends an answer as the script says; `cutOff` breaks the connection. */
export async function sendAnswer(
  response: ServerResponse,
  content: AnswerContent,
  { behaviour, cutOff }: { behaviour: Behaviour; cutOff: () => void },
): Promise<void> {
  const { status = 200, garbage = false } = behaviour;
  if (content.kind === 'events') {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
    const pieces = content.events.map(({ name, data, content: isContent }) => ({
      bytes: `${name === undefined ? '' : `event: ${name}\n`}data: ${garbage && isContent ? '{"not json' : data}\n\n`,
      isContent,
    }));
    const isWhole = await sendPieces(response, pieces, { behaviour, cutOff });
    if (isWhole) response.end(content.closing ? 'data: [DONE]\n\n' : undefined);
  } else if (garbage) {
    sendBody(response, 200, '<html>this is not what you asked for');
  } else if (content.kind === 'pieces') {
    response.writeHead(status, { 'content-type': content.type });
    const pieces = content.pieces.map((bytes) => ({ bytes, isContent: true }));
    if (await sendPieces(response, pieces, { behaviour, cutOff })) response.end();
  } else if (content.kind === 'text') {
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    sendBody(response, status, content.text);
  } else {
    sendBody(response, status, content.body);
  }
}

/** Sends a text as it is, anything else as JSON. */
export function sendBody(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  if (!response.hasHeader('content-type')) {
    response.setHeader('content-type', isText ? 'text/html; charset=utf-8' : 'application/json');
  }
  response.writeHead(status);
  response.end(isText ? body : JSON.stringify(body));
}

interface Piece {
  bytes: string | Buffer;
  isContent: boolean;
}

/** True when all were sent: neither side broke the connection. */
async function sendPieces(
  response: ServerResponse,
  pieces: readonly Piece[],
  { behaviour, cutOff }: { behaviour: Behaviour; cutOff: () => void },
): Promise<boolean> {
  let sent = 0;
  for (const [index, { bytes, isContent }] of pieces.entries()) {
    if (index > 0 && behaviour.chunkDelayMs !== undefined)
      await delay(behaviour.chunkDelayMs, undefined, { ref: false });
    if (response.destroyed) return false;
    if (isContent && sent === behaviour.truncateStreamAfter) {
      cutOff();
      return false;
    }
    if (isContent) sent += 1;
    response.write(bytes);
  }
  return true;
}
