import { expect, it } from 'vitest';
import { requestedTokens } from './requested-tokens.js';
import { aRouteRequest } from './testing-builders.js';

it('counts prompt and answer', () => {
  expect(requestedTokens(aRouteRequest({ promptTokens: 12, outputTokens: 30 }))).toBe(42);
});

it('stays a number that adds up exactly when a client asks for an absurd answer', () => {
  const absurd = aRouteRequest({ promptTokens: 1, outputTokens: Number.MAX_SAFE_INTEGER });
  expect(Number.isSafeInteger(1_000 * requestedTokens(absurd))).toBe(true);
});
