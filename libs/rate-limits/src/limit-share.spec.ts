import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liftLimits, shareLimits } from './limit-share.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';

describe('a share of limits', () => {
  const request = anAdmitRequest({
    candidates: [{ id: 'a', order: 3, rpm: 10, tpm: 1_001 }, { id: 'b' }],
    scopes: [{ kind: 'api_key', id: 'k', maxParallelRequests: 1 }],
  });

  it('is rounded down, and the first places take what remains', () => {
    expect(shareLimits(request, { place: 0, of: 3 })).toMatchObject({
      candidates: [{ id: 'a', order: 3, rpm: 4, tpm: 334 }, { id: 'b' }],
      scopes: [{ maxParallelRequests: 1 }],
    });
    expect(shareLimits(request, { place: 2, of: 3 })).toMatchObject({
      candidates: [{ rpm: 3, tpm: 333 }, { id: 'b' }],
      scopes: [{ maxParallelRequests: 0 }],
    });
  });

  it('leaves what has no limit without one', () => {
    const [, unlimited] = shareLimits(request, { place: 1, of: 2 }).candidates;
    expect(unlimited).toEqual({ id: 'b', rpm: undefined, tpm: undefined, maxParallelRequests: undefined });
  });

  it('adds up to the limit exactly, whatever the limit and however many share it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 1, max: 50 }), (rpm, of) => {
        const asked = anAdmitRequest({ candidates: [{ id: 'a', rpm }] });
        const shares = Array.from({ length: of }, (_, place) => shareLimits(asked, { place, of }));
        const sum = shares.reduce((total, { candidates }) => total + (candidates[0]?.rpm ?? NaN), 0);
        expect(sum).toBe(rpm);
      }),
    );
  });

  it('can be no limit at all', () => {
    expect(liftLimits({ ...request, candidates: [{ id: 'a', rpm: 0, onProbation: true }] })).toMatchObject({
      candidates: [{ id: 'a', onProbation: true }],
      scopes: [{ kind: 'api_key', id: 'k' }],
    });
    expect(liftLimits(request).candidates[0]).not.toHaveProperty('rpm');
  });
});
