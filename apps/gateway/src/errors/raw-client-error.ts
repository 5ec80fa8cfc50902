import { errorEnvelope, httpFailureOf, retryHeaders } from '@signalbox/calls';
import { fault, type Fault } from '@signalbox/contracts';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';

/** A socket whose bytes Node could not read as HTTP. Node keeps the answer under way in `_httpMessage`. */
type ClientSocket = Duplex & { readonly _httpMessage?: { readonly headersSent?: boolean } | null };

/** Answers connections that never became a request: too slow, headers too long, not HTTP at all. */
export function answerRawClientError(error: Error & { code?: string }, socket: ClientSocket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  // In the middle of an answer an error text would become part of that answer.
  if (socket._httpMessage?.headersSent === true) {
    socket.destroy(error);
    return;
  }
  const failure = httpFailureOf(faultOf(error.code), 'signalbox');
  const body = JSON.stringify(errorEnvelope(failure));
  const headers = {
    ...retryHeaders(failure),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const statusLine = `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? ''}`;
  socket.end([statusLine, ...lines, '', body].join('\r\n'));
}

function faultOf(code: string | undefined): Fault {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return fault('request_timeout');
  if (code === 'HPE_HEADER_OVERFLOW') return fault('request_too_large', 'The request headers are too large.');
  return fault('invalid_request', 'The request is not valid HTTP.');
}
