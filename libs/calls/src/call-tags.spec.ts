import type { Caller } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { callTags, type TaggedCall } from './call-tags.js';

const body = { model: 'm', messages: [] };
function tagsOf(call: Partial<TaggedCall>) {
  return callTags({ headers: {}, body, caller: undefined, mayTag: true, ...call });
}
const team = { teamId: 't', alias: null, models: [], modelAliases: {}, tags: ['of-team'] };
const caller: Caller = {
  keyHash: 'a'.repeat(64),
  keyAlias: null,
  userId: null,
  models: [],
  aliases: {},
  tags: ['of-key'],
  expiresAt: null,
  team,
};

describe('the tags of a call', () => {
  it('come from its header and every place in its body, each once', () => {
    const asked = {
      ...body,
      tags: ['a', 'b', 7, ''],
      metadata: { tags: ['c', 'a'] },
      litellm_metadata: { tags: ['d'] },
    };
    expect(tagsOf({ headers: { 'x-litellm-tags': 'e, b,,' }, body: asked })).toEqual({
      tags: ['e', 'b', 'a', 'c', 'd'],
    });
  });

  it('may be one alone', () => {
    expect(tagsOf({ body: { ...body, tags: '!us' } })).toEqual({ tags: ['!us'] });
  });

  it('are those of its key and team when it asks for none', () => {
    expect(tagsOf({ caller })).toEqual({ tags: ['of-key', 'of-team'] });
    expect(tagsOf({ body: { ...body, tags: [] }, caller })).toEqual({ tags: ['of-key', 'of-team'] });
  });

  it('stay apart from those of its key and team: nothing the caller adds can replace them', () => {
    expect(tagsOf({ body: { ...body, tags: ['mine', 'of-key'] }, caller })).toEqual({
      tags: ['of-key', 'of-team', 'mine'],
      tagGroups: [
        ['of-key', 'of-team'],
        ['mine', 'of-key'],
      ],
    });
  });

  it.each([{ tags: Array.from({ length: 65 }, (_, index) => `tag-${index}`) }, { tags: ['a'.repeat(257)] }])(
    'are refused when there are too many or one is too long',
    (fields) => {
      expect(() => tagsOf({ body: { ...body, ...fields } })).toThrow(/at most 64 tags/);
    },
  );

  it('are none of the caller where that is the rule, and it is told so', () => {
    expect(tagsOf({ caller, mayTag: false })).toEqual({ tags: ['of-key', 'of-team'] });
    for (const call of [{ body: { ...body, tags: ['mine'] } }, { headers: { 'x-litellm-tags': 'mine' } }]) {
      expect(() => tagsOf({ ...call, caller, mayTag: false })).toThrow(/takes none from callers/);
    }
  });
});
