import { describe, expect, it } from 'vitest';
import { endUserIdOf } from './end-user-id.js';

const everything = {
  user: 'by-user',
  litellm_metadata: { user: 'by-litellm-metadata' },
  metadata: { user_id: 'by-metadata' },
  safety_identifier: 'by-safety-identifier',
};

const fixed = { 'x-litellm-customer-id': 'by-customer', 'x-litellm-end-user-id': 'by-end-user' };

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
    expect(endUserIdOf(headers, body, ['x-house'])).toBe(expected);
  });

  it('names nobody when nobody is named', () => {
    expect(endUserIdOf({}, { user: '' }, ['x-house'])).toBeUndefined();
  });

  it('reads a number as its text and refuses anything else', () => {
    expect(endUserIdOf({}, { user: 45 }, [])).toBe('45');
    expect(() => endUserIdOf({}, { user: ['a'] }, [])).toThrow("Invalid type for 'user'");
  });
});
