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

  it('obeys what is excluded and what is required, default deployments too', () => {
    const facts = factsWith(true);
    const signed = aRouteRequest({ tags: ['!us', '&audited'] });
    expect(tags(aDeployment({ tags: ['audited'] }), signed, facts)).toBeUndefined();
    expect(tags(aDeployment({ tags: ['audited', 'us'] }), signed, facts)?.detail).toBe('does not obey !us');
    expect(tags(aDeployment({ tags: ['default'] }), signed, facts)?.detail).toBe('does not obey &audited');
    expect(tags(aDeployment({ tags: ['default', 'audited'] }), signed, facts)).toBeUndefined();
  });

  it('takes a sign alone for nothing', () => {
    expect(tags(aDeployment(), aRouteRequest({ tags: ['!', '&'] }), factsWith(true))).toBeUndefined();
  });

  it('wants what a caller asks for within what its key and team have', () => {
    const request = aRouteRequest({ tags: ['eu', 'paid'], tagGroups: [['eu'], ['paid']] });
    expect(tags(aDeployment({ tags: ['eu', 'paid'] }), request, factsWith(true))).toBeUndefined();
    expect(tags(aDeployment({ tags: ['paid'] }), request, factsWith(true))?.detail).toBe(
      'does not have any of eu',
    );
    expect(tags(aDeployment({ tags: ['eu'] }), request, factsWith(true))?.detail).toBe(
      'does not have any of paid',
    );
  });
});
