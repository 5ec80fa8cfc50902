import { expect } from 'vitest';
import type { ApiAnswer } from './api-caller.js';

/** Checks status and envelope of a refusal, and that nothing of our insides shows. */
export function expectError(answer: ApiAnswer, status: number, type: string, sentence = /\S/): void {
  expect(answer).toMatchObject({
    status,
    body: { error: { type, code: String(status), message: expect.stringMatching(sentence) as string } },
  });
  expect(Object.keys((answer.body as { error: object }).error).toSorted()).toEqual([
    'code',
    'message',
    'param',
    'type',
  ]);
  const said = JSON.stringify(answer.body);
  expect(said).not.toMatch(/\n\s+at |node_modules|\.js:\d+|file:\/\//);
}
