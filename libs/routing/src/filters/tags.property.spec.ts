import type { Deployment, RouteRequest } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../judge.js';
import { aCatalog, aDeployment, aRouteRequest } from '../testing-builders.js';

const names = ['free', 'paid', 'eu', 'default'];
const plain = fc.constantFrom(...names);
const signed = fc.constantFrom(...names.flatMap((name) => [`!${name}`, `&${name}`]));
const tagLists = fc.array(fc.oneof({ weight: 2, arbitrary: plain }, signed), { maxLength: 3 });
const houses = fc.record({
  matchAny: fc.boolean(),
  tagged: fc.array(fc.uniqueArray(plain, { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
});

/** The deployments that a call with these tags may be served by. */
function reached(
  { tagged, matchAny }: { tagged: string[][]; matchAny: boolean },
  tags: Pick<RouteRequest, 'tags' | 'tagGroups'>,
): Deployment[] {
  const deployments = tagged.map((own, index) => aDeployment({ id: `d${index}`, tags: own }));
  const catalog = aCatalog(deployments, { tagFiltering: { enabled: true, matchAny } });
  const judged = judge(catalog, aRouteRequest(tags), { learnedRegion: () => undefined });
  return judged.kind === 'refused' ? [] : judged.tiers.flat().map(({ deployment }) => deployment);
}

const together = (inherited: string[], asked: string[]) => ({
  tags: [...inherited, ...asked],
  tagGroups: [inherited, asked],
});
const withoutSigns = (tags: string[]) => tags.filter((tag) => !/^[!&]/.test(tag));

describe('whatever the deployments and the tags', () => {
  it('what a key or team brings holds, whatever the caller adds', () => {
    fc.assert(
      fc.property(houses, tagLists, tagLists, (house, inherited, asked) => {
        const wanted = withoutSigns(inherited);
        for (const { tags } of reached(house, together(inherited, asked))) {
          const shares = house.matchAny
            ? wanted.length === 0 || wanted.some((tag) => tags.includes(tag))
            : wanted.every((tag) => tags.includes(tag));
          expect(shares || tags.includes('default')).toBe(true);
        }
      }),
    );
  });

  it('every sign is obeyed, whoever wrote it', () => {
    fc.assert(
      fc.property(houses, tagLists, tagLists, (house, inherited, asked) => {
        for (const { tags } of reached(house, together(inherited, asked))) {
          for (const tag of [...inherited, ...asked]) {
            if (tag.startsWith('!')) expect(tags).not.toContain(tag.slice(1));
            if (tag.startsWith('&')) expect(tags).toContain(tag.slice(1));
          }
        }
      }),
    );
  });

  it('no tags at all, or a caller without tags of its own, change nothing', () => {
    fc.assert(
      fc.property(houses, tagLists, (house, tags) => {
        expect(reached(house, { tags: [] })).not.toEqual([]);
        expect(reached(house, together(tags, []))).toEqual(reached(house, { tags }));
      }),
    );
  });
});
