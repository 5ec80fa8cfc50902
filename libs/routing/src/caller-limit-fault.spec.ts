import type { RouteRequest, ScopeVerdict } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { callerLimitFault } from './caller-limit-fault.js';
import { conclude } from './conclude.js';
import { judge } from './judge.js';
import { aCatalog, aDeployment, aRouteRequest } from './testing-builders.js';

const scopes: RouteRequest['scopes'] = [
  { kind: 'api_key', id: 'secret-hash', rpm: 3, maxParallelRequests: 2 },
  { kind: 'team', id: 'secret-team', tpm: 100 },
];
const request = aRouteRequest({ scopes });
const fits = { kind: 'api_key', code: 'fits', state: { limitRequests: 3, remainingRequests: 1 } } as const;
const overTokens = {
  kind: 'team',
  code: 'tpm',
  retryAfterMs: 4_200,
  state: { limitTokens: 100, remainingTokens: 20 },
} as const;

function messageOf(...verdicts: ScopeVerdict[]): string | undefined {
  return callerLimitFault(request, verdicts)?.message;
}

describe('a caller at a limit', () => {
  it('is nobody while every scope has room', () => {
    expect(callerLimitFault(request, [fits])).toBeUndefined();
    expect(callerLimitFault(aRouteRequest(), [])).toBeUndefined();
  });

  it("hears in LiteLLM's words whose limit it is and which, and never whose id", () => {
    const parallel = { kind: 'api_key', code: 'parallel', retryAfterMs: 900, state: {} } as const;
    expect(messageOf({ ...fits, code: 'rpm', state: { limitRequests: 3, remainingRequests: 0 } })).toBe(
      'Rate limit exceeded for api_key. Limit type: requests. Current limit: 3, Remaining: 0.',
    );
    expect(messageOf(parallel)).toBe(
      'Rate limit exceeded for api_key. Limit type: max_parallel_requests. Current limit: 2, Remaining: 0.',
    );
    expect(messageOf(fits, overTokens)).toBe(
      'Rate limit exceeded for team. Limit type: tokens. Current limit: 100, Remaining: 20. ' +
        'The request may use 30 tokens.',
    );
  });

  it('hears of the scope that is in the way longest, and when all have room', () => {
    const soon = { ...fits, code: 'rpm', retryAfterMs: 10 } as const;
    expect(callerLimitFault(request, [soon, overTokens])).toMatchObject({
      code: 'caller_limit_exceeded',
      message: expect.stringContaining('team') as string,
      retryAfterMs: 4_200,
    });
    const never = { ...overTokens, retryAfterMs: undefined };
    expect(callerLimitFault(request, [soon, never])).not.toHaveProperty('retryAfterMs');
  });
});

describe('a caller that has spent its budget', () => {
  const spent = (spentNanoDollars: number) => ({
    kind: 'team' as const,
    code: 'budget' as const,
    retryAfterMs: 86_400_000,
    state: { budget: { maxNanoDollars: 5_000_000_000, spentNanoDollars, duration: '30d' } },
  });

  it("hears LiteLLM's phrase, what is spent and of how much, and whose budget it is", () => {
    expect(callerLimitFault(request, [fits, spent(5_050_000_000)])).toEqual({
      code: 'budget_exceeded',
      message: 'Budget has been exceeded! Current cost: 5.05, Max budget: 5 (team, 30d).',
    });
  });

  it('hears that what is left is too little for the call', () => {
    expect(messageOf(spent(4_999_999_999))).toBe(
      'Budget has been exceeded! Current cost: 4.999999999, Max budget: 5 (team, 30d). ' +
        'The request may cost more than what is left.',
    );
    const free = { ...spent(0), state: { budget: { maxNanoDollars: 25, spentNanoDollars: 0 } } };
    expect(messageOf(free)).toContain('Current cost: 0, Max budget: 0.000000025 (team).');
  });

  it('hears which of its tags has spent its budget, as LiteLLM says it', () => {
    const tagged = aRouteRequest({
      scopes: ['marketing', 'engineering'].map((id) => ({ kind: 'tag' as const, id, rpm: 7 })),
    });
    const free = { kind: 'tag', code: 'fits', state: {} } as const;
    expect(callerLimitFault(tagged, [free, { ...spent(5_050_000_000), kind: 'tag' }])?.message).toBe(
      'Budget has been exceeded! Tag=engineering Current cost: 5.05, Max budget: 5 (tag, 30d).',
    );
    expect(callerLimitFault(tagged, [{ ...free, code: 'rpm', retryAfterMs: 5 }, free])?.message).toBe(
      'Rate limit exceeded for tag: marketing. Limit type: requests. Current limit: 7, Remaining: 0.',
    );
  });

  it('hears of the limit instead when that stays longer', () => {
    const soon = { ...spent(6_000_000_000), retryAfterMs: 10 };
    expect(callerLimitFault(request, [soon, overTokens])).toMatchObject({ code: 'caller_limit_exceeded' });
  });
});

describe('a conclusion', () => {
  const deployment = aDeployment({ id: 'only' });
  const judgement = judge(aCatalog([deployment]), request, { learnedRegion: () => undefined });
  const eligible = [{ id: 'only', code: 'eligible' }] as const;

  it('refuses for the caller, whatever the deployments say', () => {
    const full = [{ id: 'only', code: 'rpm', retryAfterMs: 1 }] as const;
    for (const verdicts of [eligible, full]) {
      const outcome = conclude(judgement, { verdicts, scopeVerdicts: [fits, overTokens], limits: 'exact' });
      expect(outcome).toMatchObject({ fault: { code: 'caller_limit_exceeded' }, limits: 'exact' });
    }
  });

  it('tells the verdict of every scope and nothing of its id, chosen or refused', () => {
    const told = [fits, overTokens].map((verdict) => ({ ...verdict, id: 'secret' }));
    const refused = conclude(judgement, { verdicts: eligible, scopeVerdicts: told });
    const chosen = conclude(judgement, { chosenId: 'only', verdicts: eligible, scopeVerdicts: told });
    expect([refused.outcome, chosen.outcome]).toEqual(['refused', 'chosen']);
    for (const { scopeVerdicts } of [refused, chosen]) expect(scopeVerdicts).toEqual([fits, overTokens]);
    expect(JSON.stringify([refused, chosen])).not.toContain('secret');
  });

  it('tells nothing of scopes where there are none', () => {
    const outcome = conclude(judgement, { chosenId: 'only', verdicts: eligible, scopeVerdicts: [] });
    expect(outcome).not.toHaveProperty('scopeVerdicts');
  });
});
