import { describe, expect, it } from 'vitest';
import { aCatalog, aDeployment, aRouteRequest } from '../testing-builders.js';
import { tags } from './tags.js';

function factsWith(matchAny: boolean, enabled = true) {
  return { learnedRegion: () => undefined, rules: aCatalog([], { tagFiltering: { enabled, matchAny } }) };
}
const paidAndFast = aRouteRequest({ tags: ['paid', 'fast'] });

describe('tags', () => {
  it('is content with one shared tag when any matches', () => {
    expect(tags(aDeployment({ tags: ['paid'] }), paidAndFast, factsWith(true))).toBeUndefined();
  });

  it('wants every tag of the request when all must match', () => {
    expect(tags(aDeployment({ tags: ['paid'] }), paidAndFast, factsWith(false))).toEqual({
      code: 'tags',
      detail: 'does not have all of paid, fast',
    });
    const both = aDeployment({ tags: ['fast', 'paid', 'big'] });
    expect(tags(both, paidAndFast, factsWith(false))).toBeUndefined();
  });

  it('refuses a deployment that shares no tag', () => {
    expect(tags(aDeployment({ tags: ['free'] }), paidAndFast, factsWith(true))?.code).toBe('tags');
    expect(tags(aDeployment(), paidAndFast, factsWith(true))?.code).toBe('tags');
  });

  it('keeps default deployments as the way out', () => {
    expect(tags(aDeployment({ tags: ['default'] }), paidAndFast, factsWith(true))).toBeUndefined();
  });

  it('refuses nothing to a request without tags, nor while tag filtering is off', () => {
    const free = aDeployment({ tags: ['free'] });
    expect(tags(free, aRouteRequest(), factsWith(true))).toBeUndefined();
    expect(tags(free, paidAndFast, factsWith(true, false))).toBeUndefined();
  });
});
