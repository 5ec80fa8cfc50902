import { describe, expect, it } from 'vitest';
import { presentedKey } from './presented-key.js';

describe('presentedKey', () => {
  it.each([
    [{ authorization: 'Bearer sk-1' }, 'sk-1'],
    [{ authorization: 'bearer   sk-1 ' }, 'sk-1'],
    [{ 'x-litellm-api-key': 'sk-1' }, 'sk-1'],
    [{ 'x-litellm-api-key': 'Bearer sk-1' }, 'sk-1'],
    [{ 'api-key': 'sk-1' }, 'sk-1'],
    [{ 'x-api-key': 'sk-1' }, 'sk-1'],
    [{ 'x-goog-api-key': 'sk-1' }, 'sk-1'],
    [{ 'ocp-apim-subscription-key': 'sk-1' }, 'sk-1'],
    [{ authorization: 'Basic c2stMQ==' }, undefined],
    [{ authorization: 'Bearer ' }, undefined],
    [{ 'x-api-key': ' ' }, undefined],
    [{}, undefined],
  ])('reads %j as %s', (headers, key) => {
    expect(presentedKey(headers)).toBe(key);
  });

  it('prefers the configured header, in any case, and falls back to the others', () => {
    const headers = { authorization: 'Bearer sk-other', 'x-house-key': 'sk-house' };
    expect(presentedKey(headers, 'X-House-Key')).toBe('sk-house');
    expect(presentedKey({ authorization: 'Bearer sk-other' }, 'X-House-Key')).toBe('sk-other');
  });
});
