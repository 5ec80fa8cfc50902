import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { SAMPLE_UNITS } from './count-texts.js';

/** Some 2 MB. */
const CAPACITY = 10_000;

/**
 * Counts every long text once: a chat sends its earlier messages again with each turn, and an application its
 * instructions with each call. Texts are known by their digest and not kept; short ones, such as samples of longer
 * ones, are counted as fast as they are looked up.
 */
export function rememberedCounts(
  count: (text: string) => number,
  capacity = CAPACITY,
): (text: string) => number {
  const known = new LRUCache<string, number>({ max: capacity });
  return (text) => {
    if (text.length <= SAMPLE_UNITS) return count(text);
    const digest = hash('sha256', text, 'base64');
    let tokens = known.get(digest);
    if (tokens === undefined) known.set(digest, (tokens = count(text)));
    return tokens;
  };
}
