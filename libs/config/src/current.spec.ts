import { expect, it } from 'vitest';
import { Current } from './current.js';

it('tells followers what replaced what, once it is in force, until they leave', () => {
  const value = new Current('a');
  const heard: string[] = [];
  const leave = value.onChange((next, before) => heard.push(`${before}${next} ${value.current}`));
  value.replace('b');
  value.replace('c');
  leave();
  value.replace('d');
  expect(heard).toEqual(['ab b', 'bc c']);
  expect(value.current).toBe('d');
});
