import { createServer, type Socket } from 'node:net';
import { encodeEventStreamResponse, encodeJsonResponse, readMessageHead } from './http-wire.js';
import { chatAnswerBody, chatAnswerEvents } from './payloads.js';

// A provider that costs next to nothing: one constant buffer per answer, no HTTP library.

const jsonAnswer = encodeJsonResponse(chatAnswerBody());
const streamAnswer = encodeEventStreamResponse(chatAnswerEvents());
const STREAM_FLAG = Buffer.from('"stream":true');

function serve(socket: Socket): void {
  let received: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    for (;;) {
      const head = readMessageHead(received);
      if (head === undefined) return;
      if (head.bodyLength === 'chunked') {
        socket.end('HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const end = head.bodyStart + head.bodyLength;
      if (received.length < end) return;
      const streamed = received.subarray(head.bodyStart, end).includes(STREAM_FLAG);
      received = received.subarray(end);
      socket.write(streamed ? streamAnswer : jsonAnswer);
    }
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'listening', address: server.address() });
});
process.on('disconnect', () => process.exit(0));
