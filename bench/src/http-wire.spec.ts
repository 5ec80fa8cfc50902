import { describe, expect, it } from 'vitest';
import {
  encodeEventStreamResponse,
  encodeJsonResponse,
  encodeRequest,
  endsWithLastChunk,
  readMessageHead,
} from './http-wire.js';

describe('HTTP on the wire', () => {
  it('reads back the length of what it wrote, in bytes', () => {
    const response = encodeJsonResponse('{"ä":1}');
    const head = readMessageHead(response);
    expect(head?.bodyLength).toBe(8);
    expect(response.subarray(head?.bodyStart).toString()).toBe('{"ä":1}');
  });

  it('waits for the whole head', () => {
    const request = encodeRequest({
      path: '/v1/x',
      port: 1,
      headers: { authorization: 'Bearer sk-1' },
      body: '{}',
    });
    expect(readMessageHead(request.subarray(0, 30))).toBeUndefined();
    expect(readMessageHead(request)?.text).toContain('authorization: bearer sk-1');
  });

  it('knows the end of a chunked body', () => {
    const response = encodeEventStreamResponse(['{}', '[DONE]']);
    expect(readMessageHead(response)?.bodyLength).toBe('chunked');
    expect(endsWithLastChunk(response)).toBe(true);
    expect(endsWithLastChunk(response.subarray(0, -1))).toBe(false);
  });
});
