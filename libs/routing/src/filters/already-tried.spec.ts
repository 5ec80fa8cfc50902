import { describe, expect, it } from 'vitest';
import { aCatalog, aDeployment, aRouteRequest } from '../testing-builders.js';
import { alreadyTried } from './already-tried.js';

const facts = { learnedRegion: () => undefined, rules: aCatalog([]) };

describe('already tried', () => {
  it('refuses a deployment that failed this request', () => {
    const request = aRouteRequest({ exclude: ['a', 'b'] });
    expect(alreadyTried(aDeployment({ id: 'b' }), request, facts)).toEqual({ code: 'already_tried' });
  });

  it('says nothing about the others', () => {
    expect(alreadyTried(aDeployment({ id: 'c' }), aRouteRequest({ exclude: ['a'] }), facts)).toBeUndefined();
  });
});
