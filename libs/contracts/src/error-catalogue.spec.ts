import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCatalogue, errorEntry } from './error-catalogue.js';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

/** Rows of the table as written: code, status, type, retryable, sentence. */
function tableRows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

describe('error catalogue', () => {
  it('is the table of docs/errors.md, row by row', () => {
    const expected = Object.entries(errorCatalogue).map(([code, entry]) => [
      code,
      String(entry.status),
      entry.type,
      entry.retryable ? 'yes' : 'no',
      entry.message,
    ]);
    expect(tableRows(page)).toEqual(expected);
  });

  it.each(Object.entries(errorCatalogue))('%s has a status, a type and a sentence', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
    expect(entry.type).toMatch(/^[a-z_]+$/);
    expect(entry.message).toMatch(/\S/);
  });

  it('never asks a client to repeat what cannot become right by waiting', () => {
    const mayRecover = (status: number) => status === 408 || status === 429 || status >= 500;
    const wrong = Object.entries(errorCatalogue).filter(
      ([, entry]) => entry.retryable !== mayRecover(entry.status),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['region_restricted', 'No deployments available'],
    ['rate_limit_exceeded', 'No deployments available'],
    ['rate_limit_exceeded', 'Rate limit exceeded'],
    ['unknown_key', 'Authentication Error'],
    ['model_not_found', 'Invalid model name'],
    ['key_model_access_denied', 'key not allowed to access model'],
    ['context_length_exceeded', 'Context Window exceeded'],
  ] as const)('%s contains the phrase that LiteLLM clients look for: %s', (code, phrase) => {
    expect(errorCatalogue[code].message).toContain(phrase);
  });

  it('answers a code of another version as an internal error', () => {
    expect(errorEntry('from_the_future')).toBe(errorCatalogue.internal_error);
    expect(errorEntry('region_restricted').status).toBe(403);
  });
});
