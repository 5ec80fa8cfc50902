import { describe, expect, it } from 'vitest';
import { checkedModelName } from './model-name.js';

describe('checkedModelName', () => {
  it.each([
    'gpt-4',
    'meta-llama/Llama-3.1-8B',
    'azure/gpt-4o?x=1#y',
    '模型',
    'a..b/...',
    'ft:gpt-4o:org::id',
    '😀',
  ])('takes %j', (name) => {
    expect(checkedModelName(name)).toBe(name);
  });

  it.each([
    '..',
    '.',
    'azure/..',
    'azure/../../other',
    'azure/./x',
    'azure\\..\\x',
    'a\r\nb',
    'a\0',
    '\ud800',
    'x'.repeat(513),
  ])('refuses %j', (name) => {
    expect(() => checkedModelName(name)).toThrow('Invalid model name passed');
  });
});
