import { describe, expect, it } from 'vitest';
import { aCatalog, aDeployment, aRouteRequest } from '../testing-builders.js';
import { contextWindow } from './context-window.js';

function factsWith(checkContextWindow: boolean) {
  return { learnedRegion: () => undefined, rules: aCatalog([], { checkContextWindow }) };
}
const small = aDeployment({ maxInputTokens: 100 });

describe('context window', () => {
  it('takes a prompt of exactly the limit and refuses one token more', () => {
    expect(contextWindow(small, aRouteRequest({ promptTokens: 100 }), factsWith(true))).toBeUndefined();
    expect(contextWindow(small, aRouteRequest({ promptTokens: 101 }), factsWith(true))).toEqual({
      code: 'context_window',
      detail: 'prompt of 101 tokens is over 100',
    });
  });

  it('is silent when the check is off or the limit unknown', () => {
    const long = aRouteRequest({ promptTokens: 1_000_000 });
    expect(contextWindow(small, long, factsWith(false))).toBeUndefined();
    expect(contextWindow(aDeployment(), long, factsWith(true))).toBeUndefined();
  });
});
