/** The few bytes of HTTP/1.1 that the benchmark's own ends speak: far cheaper than `node:http`. */

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** A message's head: where its body begins and how long it is; `undefined` while the head is incomplete. */
export interface MessageHead {
  readonly text: string;
  readonly bodyStart: number;
  /** Bytes; `chunked` when the body is framed in chunks instead. */
  readonly bodyLength: number | 'chunked';
}

/** Reads the head of a request or response at the start of `bytes`. */
export function readMessageHead(bytes: Buffer): MessageHead | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const text = bytes.toString('latin1', 0, end).toLowerCase();
  const bodyStart = end + HEAD_END.length;
  if (text.includes('\r\ntransfer-encoding: chunked')) return { text, bodyStart, bodyLength: 'chunked' };
  const length = /\r\ncontent-length: (\d+)/.exec(text)?.[1];
  return { text, bodyStart, bodyLength: Number(length ?? 0) };
}

/** Whether bytes that begin with a chunked body hold all of it. Good enough for bodies we wrote ourselves. */
export function endsWithLastChunk(bytes: Buffer): boolean {
  return bytes.length >= LAST_CHUNK.length && bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
}

/** A request as one buffer, ready to be written again and again. */
export function encodeRequest(request: {
  path: string;
  port: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}): Buffer {
  const headers = Object.entries({
    host: `127.0.0.1:${request.port}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(request.body)),
    ...request.headers,
  });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${request.path} HTTP/1.1\r\n${head}\r\n${request.body}`);
}

/** A JSON response as one buffer. */
export function encodeJsonResponse(body: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** A response of server-sent events as one buffer, one HTTP chunk per event. */
export function encodeEventStreamResponse(events: readonly string[]): Buffer {
  const chunks = events.map((event) => {
    const text = `data: ${event}\n\n`;
    return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  });
  return Buffer.from(
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n' +
      `${chunks.join('')}0\r\n\r\n`,
  );
}
