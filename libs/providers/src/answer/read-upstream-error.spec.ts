import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets } from './mask-secrets.js';
import { readUpstreamError, type UpstreamError } from './read-upstream-error.js';

const fixture = (file: string) => readFileSync(new URL(`../../fixtures/errors/${file}`, import.meta.url));

describe('readUpstreamError', () => {
  it.each<[string, number, Partial<UpstreamError>]>([
    [
      'openai-401-key.json',
      401,
      { code: 'invalid_api_key', type: 'invalid_request_error', kind: 'authentication' },
    ],
    ['openai-429-rate.json', 429, { code: 'rate_limit_exceeded', kind: 'rate_limit' }],
    ['openai-429-quota.json', 429, { code: 'insufficient_quota', kind: 'quota' }],
    [
      'openai-400-context.json',
      400,
      { code: 'context_length_exceeded', param: 'messages', kind: 'context_length' },
    ],
    [
      'azure-400-content-filter.json',
      400,
      { code: 'content_filter', param: 'prompt', kind: 'content_filter' },
    ],
    ['azure-404-deployment.json', 404, { code: 'DeploymentNotFound', kind: 'other' }],
    ['azure-429-rate.json', 429, { code: '429', kind: 'rate_limit' }],
    ['azure-401-key.json', 401, { kind: 'authentication' }],
    ['mistral-422-validation.json', 422, { type: 'invalid_request_error', kind: 'other' }],
    ['vllm-400-context.json', 400, { type: 'BadRequestError', code: '400', kind: 'context_length' }],
    ['gemini-400-array.json', 400, { type: 'INVALID_ARGUMENT', kind: 'other' }],
    ['proxy-502.html', 502, { message: '502 Bad Gateway', code: null, type: null }],
    [
      'plain-503.txt',
      503,
      { message: 'upstream connect error or disconnect/reset before headers. reset reason: overflow' },
    ],
  ])('reads %s', (file, status, expected) => {
    expect(readUpstreamError(status, fixture(file))).toMatchObject(expected);
  });

  it('masks a given secret whatever it looks like, and no ordinary word', () => {
    const body = Buffer.from(
      '{"error":{"message":"the token open-sesame of user x is wrong","code":"open-sesame"}}',
    );
    expect(readUpstreamError(401, body, ['open-sesame', 'x', ''])).toMatchObject({
      message: 'the token [masked] of user x is wrong',
      code: '[masked]',
    });
  });

  it('masks keys in what it repeats', () => {
    expect(readUpstreamError(401, fixture('openai-401-key.json')).message).toMatch(
      /^Incorrect API key provided: \[masked\]/,
    );
    expect(readUpstreamError(400, fixture('gemini-400-array.json')).message).not.toContain('AIza');
  });

  it.each(['', '{}', '{"error":{}}', '{"error":null}', 'null', '[]', '   '])(
    'has something to say about %s',
    (text) => {
      expect(readUpstreamError(500, Buffer.from(text)).message).not.toBe('');
    },
  );

  it('is bounded and never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 599 }),
        fc.oneof(
          fc.jsonValue().map((value) => JSON.stringify({ error: value })),
          fc.string(),
        ),
        (status, text) => {
          const { message } = readUpstreamError(status, Buffer.from(text.repeat(200)));
          expect(message.length).toBeLessThanOrEqual(600);
        },
      ),
    );
  });
});

describe('maskSecrets', () => {
  it.each([
    'sk-proj-AbCdEf123456',
    'sk-1234567890abcdef',
    'gsk_0123456789abcdef',
    'xai-0123456789abcdef',
    'Bearer abcdef.ghijkl',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    'AKIAIOSFODNN7EXAMPLE',
    '0123456789abcdef0123456789abcdef',
    'A1b2C3d4E5f6G7h8I9j0A1b2C3d4E5f6G7h8I9j0A1b2==',
  ])('hides %s', (secret) => {
    expect(maskSecrets(`the key ${secret}, was refused`)).toBe('the key [masked], was refused');
  });

  it('leaves sentences alone', () => {
    const text =
      'This model supports at most 4096 completion tokens (gpt-4o-mini-2024-07-18), see https://platform.openai.com/docs.';
    expect(maskSecrets(text)).toBe(text);
  });
});
