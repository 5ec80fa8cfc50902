import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readUsageFromAnswer } from './read-usage-from-answer.js';
import { readUsage } from './read-usage.js';

const answer = (name: string) =>
  readFileSync(new URL(`../../fixtures/answers/${name}.json`, import.meta.url));

describe('readUsage', () => {
  it.each([
    [
      { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
      { prompt: 5, completion: 7, total: 12 },
    ],
    [
      { prompt_tokens: 8, total_tokens: 8 },
      { prompt: 8, completion: 0, total: 8 },
    ],
    [
      { prompt_tokens: 5, completion_tokens: 7 },
      { prompt: 5, completion: 7, total: 12 },
    ],
    [
      { total_tokens: 12, completion_tokens: 7 },
      { prompt: 5, completion: 7, total: 12 },
    ],
    [
      { input_tokens: 5, output_tokens: 7 },
      { prompt: 5, completion: 7, total: 12 },
    ],
    [
      {
        ...{ prompt_tokens: 5, completion_tokens: 7, total_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 8 },
      },
      { prompt: 5, completion: 15, total: 20, reasoning: 8 },
    ],
    [
      { prompt_tokens: 5, completion_tokens: 7, total_tokens: 1 },
      { prompt: 5, completion: 7, total: 12 },
    ],
    [
      {
        prompt_tokens: 50,
        completion_tokens: 30,
        prompt_tokens_details: {
          cached_tokens: 20,
          cache_write_tokens: 5,
          audio_tokens: 12,
          image_tokens: 8,
        },
        completion_tokens_details: { reasoning_tokens: 4, audio_tokens: 16, image_tokens: 2 },
      },
      {
        ...{ prompt: 50, cached: 20, cacheWritten: 5, promptAudio: 12, promptImage: 8 },
        ...{ completion: 30, reasoning: 4, completionAudio: 16, completionImage: 2 },
        total: 80,
      },
    ],
    [
      { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 6 },
      { prompt: 9, completion: 1, total: 10, cached: 6 },
    ],
    [
      {
        ...{ prompt_tokens: 9, completion_tokens: 1 },
        ...{ cache_read_input_tokens: 5, cache_creation_input_tokens: 3 },
        prompt_tokens_details: { cached_tokens: 6 },
      },
      { prompt: 9, completion: 1, total: 10, cached: 6, cacheWritten: 3 },
    ],
    [
      { prompt_tokens: 5, total_tokens: 9, prompt_tokens_details: { cached_tokens: -1 } },
      { prompt: 5, completion: 4, total: 9 },
    ],
  ])('%j is %j', (usage, counts) => {
    expect(readUsage(usage)).toEqual({ ...counts, source: 'provider' });
  });

  it.each([
    null,
    undefined,
    'many',
    [],
    {},
    { completion_tokens: 3 },
    { prompt_tokens: -1, total_tokens: 3 },
    { prompt_tokens: NaN, total_tokens: 3 },
    { prompt_tokens: Infinity, total_tokens: 3 },
    { prompt_tokens: 1.5, total_tokens: 3 },
    { prompt_tokens: '5', total_tokens: 5 },
    { prompt_tokens: 5, completion_tokens: {}, total_tokens: 5 },
    { prompt_tokens: 1e300, total_tokens: 5 },
    { prompt_tokens: 5, total_tokens: Number.MAX_SAFE_INTEGER },
  ])('%j is no usage', (usage) => {
    expect(readUsage(usage)).toBeUndefined();
  });
});

describe('readUsageFromAnswer', () => {
  it.each([
    ['openai-chat', { prompt: 13, completion: 5, total: 18, cached: 4, reasoning: 2 }],
    ['azure-chat', { prompt: 9, completion: 3, total: 12 }],
    ['openai-embedding', { prompt: 8, completion: 0, total: 8 }],
    ['openai-completion', { prompt: 5, completion: 7, total: 12 }],
  ])('reads %s', (name, counts) => {
    expect(readUsageFromAnswer(answer(name))).toEqual({
      valid: true,
      holdsError: false,
      usage: { ...counts, source: 'provider' },
    });
  });

  it('reads a long answer without parsing it', () => {
    const data = Array.from({ length: 50 }, (_, index) => ({
      index,
      embedding: Array.from({ length: 200 }, () => -0.0093272),
    }));
    const long = Buffer.from(JSON.stringify({ data, usage: { prompt_tokens: 8, total_tokens: 8 } }));
    expect(long.length).toBeGreaterThan(64 * 1024);
    expect(readUsageFromAnswer(long)).toMatchObject({ valid: true, usage: { total: 8 } });
    expect(readUsageFromAnswer(long.subarray(0, -1))).toEqual({ valid: false });
    expect(readUsageFromAnswer(long.subarray(0, -40))).toEqual({ valid: false });
  });

  it('tells an answer without usage from one that is an error', () => {
    expect(readUsageFromAnswer(Buffer.from('{"choices":[]}'))).toEqual({ valid: true, holdsError: false });
    expect(readUsageFromAnswer(Buffer.from('{"error":{"message":"no"}}'))).toEqual({
      valid: true,
      holdsError: true,
    });
    expect(readUsageFromAnswer(Buffer.from('{"error":null}'))).toEqual({ valid: true, holdsError: false });
  });

  it.each(['', 'null', '[]', '"text"', '<html>', '{"choices":[', '{"usage":{}'])(
    'calls %s invalid',
    (text) => {
      expect(readUsageFromAnswer(Buffer.from(text))).toEqual({ valid: false });
    },
  );
});
