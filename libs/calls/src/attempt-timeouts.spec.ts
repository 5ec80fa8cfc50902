import { expect, it } from 'vitest';
import { attemptTimeouts } from './attempt-timeouts.js';

it('lets a client only shorten what the operator allows', () => {
  const settings = { timeoutMs: 10_000 };
  const none = { timeoutMs: undefined, streamTimeoutMs: undefined };
  expect(attemptTimeouts(none, {}, settings)).toEqual({
    wholeMs: 10_000,
    firstByteMs: 10_000,
    shortened: { whole: false, firstByte: false },
  });
  const asked = { timeoutMs: 60_000, streamTimeoutMs: 500 };
  expect(attemptTimeouts(asked, { timeoutMs: 5_000, streamTimeoutMs: 1_000 }, settings)).toEqual({
    wholeMs: 5_000,
    firstByteMs: 500,
    shortened: { whole: false, firstByte: true },
  });
  const hurried = { timeoutMs: 2_000, streamTimeoutMs: undefined };
  expect(attemptTimeouts(hurried, {}, settings)).toMatchObject({
    firstByteMs: 2_000,
    shortened: { whole: true, firstByte: true },
  });
  expect(attemptTimeouts(hurried, { streamTimeoutMs: 1_000 }, settings)).toMatchObject({
    firstByteMs: 1_000,
    shortened: { whole: true, firstByte: false },
  });
});
