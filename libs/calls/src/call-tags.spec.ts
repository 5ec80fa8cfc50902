import type { Caller } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { callTags } from './call-tags.js';

const body = { model: 'm', messages: [] };
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
    expect(callTags({ 'x-litellm-tags': 'e, b,,' }, asked, undefined)).toEqual({
      tags: ['e', 'b', 'a', 'c', 'd'],
    });
  });

  it('may be one alone', () => {
    expect(callTags({}, { ...body, tags: '!us' }, undefined)).toEqual({ tags: ['!us'] });
  });

  it('are those of its key and team when it asks for none', () => {
    expect(callTags({}, body, caller)).toEqual({ tags: ['of-key', 'of-team'] });
    expect(callTags({}, { ...body, tags: [] }, caller)).toEqual({ tags: ['of-key', 'of-team'] });
  });

  it('stay apart from those of its key and team: nothing the caller adds can replace them', () => {
    expect(callTags({}, { ...body, tags: ['mine', 'of-key'] }, caller)).toEqual({
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
      expect(() => callTags({}, { ...body, ...fields }, undefined)).toThrow(/at most 64 tags/);
    },
  );
});
