/** Real: AnswerResponse, the streams of Node. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerResponse } from './answer-response.js';

const piece = Buffer.alloc(40 * 1024, 'x');
const reason = new Error('enough');

describe('an answer', () => {
  it('begins when its head is known, whatever is still to come', async () => {
    const answer = new AnswerResponse();
    answer.writeHead(200, { 'x-count': 3, 'x-absent': undefined });
    const response = await answer.response;
    expect(response.status).toBe(200);
    expect([...response.headers]).toEqual([['x-count', '3']]);
    answer.write([Buffer.from('one '), Buffer.alloc(0), Buffer.from('two ')]);
    answer.end('three');
    expect(await response.text()).toBe('one two three');
  });

  it('arrives whole, whatever the pieces', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50_000 }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(pieces, async (written) => {
        const answer = new AnswerResponse();
        answer.writeHead(200, {});
        const received = answer.response.then((response) => response.arrayBuffer());
        for (const one of written) {
          if (answer.write([Buffer.from(one)])) continue;
          await new Promise<void>((resolve) => {
            answer.onDrain(resolve);
          });
        }
        answer.end();
        expect(Buffer.from(await received).equals(Buffer.concat(written))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('makes its writer wait while nobody reads', async () => {
    const answer = new AnswerResponse();
    answer.writeHead(200, {});
    const reader = (await answer.response).body?.getReader();
    expect(answer.write([piece])).toBe(true);
    expect(answer.write([piece])).toBe(false);
    const drained = new Promise<void>((resolve) => {
      answer.onDrain(resolve);
    });
    await reader?.read();
    await drained;
  });

  it('that is an error comes with the headers set before', async () => {
    const answer = new AnswerResponse();
    answer.setHeaders({ 'x-tries': '2' });
    answer.refuse(429, { 'retry-after': '7' }, '{"error":{}}');
    const response = await answer.response;
    expect(response.status).toBe(429);
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-tries': '2', 'retry-after': '7' });
    expect(await response.json()).toEqual({ error: {} });
  });
});

describe('an answer that is given up', () => {
  it('rejects before it has begun, and tells who writes it', async () => {
    const answer = new AnswerResponse();
    let told = 0;
    answer.onGone(() => (told += 1));
    answer.giveUp(reason);
    answer.giveUp(reason);
    await expect(answer.response).rejects.toBe(reason);
    expect(answer.gone).toBe(true);
    expect(told).toBe(1);
    answer.onGone(() => (told += 1));
    expect(told).toBe(2);
  });

  it('breaks off when it has begun, and drops what is still written', async () => {
    const answer = new AnswerResponse();
    answer.writeHead(200, {});
    const response = await answer.response;
    answer.giveUp(reason);
    expect(answer.write([piece])).toBe(true);
    answer.end();
    await expect(response.text()).rejects.toBe(reason);
  });

  it('is what a reader that leaves does', async () => {
    const answer = new AnswerResponse();
    answer.writeHead(200, {});
    const response = await answer.response;
    await response.body?.cancel();
    expect(answer.gone).toBe(true);
  });

  it('stays whole when it was complete already', async () => {
    const answer = new AnswerResponse();
    answer.writeHead(200, {});
    answer.end('all');
    answer.giveUp(reason);
    expect(answer.gone).toBe(false);
    expect(await (await answer.response).text()).toBe('all');
  });
});
