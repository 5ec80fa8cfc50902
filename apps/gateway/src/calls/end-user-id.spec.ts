import { describe, expect, it } from 'vitest';
import { endUserIdOf, type SentHeaders } from './end-user-id.js';

const everything = {
  user: 'by-user',
  litellm_metadata: { user: 'by-litellm-metadata' },
  metadata: { user_id: 'by-metadata' },
  safety_identifier: 'by-safety-identifier',
};

const fixed = { 'x-litellm-customer-id': 'by-customer', 'x-litellm-end-user-id': 'by-end-user' };

/** Headers as Node hands them over, from lines as they came. */
function sent(...lines: (readonly [name: string, value: string])[]): SentHeaders {
  const headersDistinct: Record<string, string[]> = {};
  for (const [name, value] of lines) (headersDistinct[name] ??= []).push(value);
  const joined = Object.entries(headersDistinct).map(([name, values]) => [name, values.join(', ')]);
  return { headers: Object.fromEntries(joined) as SentHeaders['headers'], headersDistinct };
}

const nothing = sent();

describe('endUserIdOf', () => {
  it.each([
    [{ ...fixed, 'x-house': 'by-house' }, everything, 'by-customer'],
    [{ 'x-litellm-end-user-id': 'by-end-user', 'x-house': 'by-house' }, everything, 'by-end-user'],
    [{ 'x-house': 'by-house' }, everything, 'by-house'],
    [{}, everything, 'by-user'],
    [{}, { ...everything, user: null }, 'by-litellm-metadata'],
    [{}, { metadata: everything.metadata, safety_identifier: 'by-safety-identifier' }, 'by-metadata'],
    [{}, { safety_identifier: 'by-safety-identifier' }, 'by-safety-identifier'],
  ])('of %j and %j takes the first place that names one', (headers, body, expected) => {
    expect(endUserIdOf(sent(...Object.entries(headers)), body, ['x-house'])).toBe(expected);
  });

  it('names nobody when nobody is named', () => {
    expect(endUserIdOf(nothing, { user: '' }, ['x-house'])).toBeUndefined();
  });

  it('reads a whole number as its text and refuses anything else', () => {
    expect(endUserIdOf(nothing, { user: 45 }, [])).toBe('45');
    const long = JSON.parse('{ "user": 12345678901234567890 }') as { user: number };
    expect(() => endUserIdOf(nothing, long, [])).toThrow("Invalid type for 'user'");
    expect(() => endUserIdOf(nothing, { user: ['a'] }, [])).toThrow("Invalid type for 'user'");
  });

  it('takes a header that came twice for one when both say the same, and refuses it when they differ', () => {
    const twice = (one: string, other: string) => sent(['x-house', one], ['x-house', other]);
    expect(endUserIdOf(twice('ann', 'ann'), {}, ['x-house'])).toBe('ann');
    expect(endUserIdOf(twice('', 'ann'), {}, ['x-house'])).toBe('ann');
    expect(endUserIdOf(sent(['x-house', 'ann, bob']), {}, ['x-house'])).toBe('ann, bob');
    expect(() => endUserIdOf(twice('ann', 'bob'), {}, ['x-house'])).toThrow('several end users');
  });

  it.each(['\ud800', 'a\0b', 'a'.repeat(513)])('refuses an id that no record can have', (id) => {
    expect(() => endUserIdOf(nothing, { user: id }, [])).toThrow("Invalid 'user'");
    expect(() => endUserIdOf(sent(['x-house', 'a'.repeat(513)]), {}, ['x-house'])).toThrow(
      "Invalid 'x-house'",
    );
    expect(endUserIdOf(nothing, { user: 'a'.repeat(512) }, [])).toHaveLength(512);
  });

  it('reads a header in UTF-8, and in Latin-1 where it is not that', () => {
    const bytes = (text: string, encoding: 'utf8' | 'latin1') =>
      Buffer.from(text, encoding).toString('latin1');
    expect(endUserIdOf(sent(['x-house', bytes('Jürgen 模', 'utf8')]), {}, ['x-house'])).toBe('Jürgen 模');
    expect(endUserIdOf(sent(['x-house', bytes('Jürgen', 'latin1')]), {}, ['x-house'])).toBe('Jürgen');
  });

  it.each([
    { metadata: '{"user_id":"ann"}' },
    { metadata: [{ user_id: 'ann' }] },
    { litellm_metadata: 'ann' },
  ])('refuses %j, in which an id might stand', (body) => {
    expect(() => endUserIdOf(nothing, body, [])).toThrow('Expected object');
  });

  it('refuses an id that is no text', () => {
    expect(() => endUserIdOf(nothing, { user: 'ann\ud800' }, [])).toThrow('not valid Unicode');
  });
});
