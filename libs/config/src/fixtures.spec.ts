import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatConfigNotes, loadConfig, type ConfigNote } from './index.js';

const fixtures = new URL('../../../test/fixtures/config/', import.meta.url);

function header(text: string, word: string): string[] {
  return [...text.matchAll(new RegExp(`^# ${word}: (.*)$`, 'gm'))].map((match) => match[1] ?? '');
}

function told(notes: readonly ConfigNote[]): string[] {
  const lines = formatConfigNotes(notes.map((note) => ({ ...note, file: '' }))).split('\n');
  return lines.filter((line) => line !== '').map((line) => line.replace(/^:? ?/, ''));
}

function load(directory: string, file: string) {
  const text = readFileSync(new URL(`${directory}/${file}`, fixtures), 'utf8');
  const environment = Object.fromEntries(
    header(text, 'environment').map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  return { text, loaded: loadConfig(text, { environment }) };
}

describe('a configuration that is wrong', () => {
  it.each(readdirSync(new URL('not-ok/', fixtures)))('is refused with its reasons: %s', (file) => {
    const { text, loaded } = load('not-ok', file);
    expect(told(loaded.ok ? [] : loaded.faults)).toEqual(header(text, 'expect'));
    expect(told(loaded.warnings)).toEqual(header(text, 'warns'));
    expect(loaded.ok).toBe(false);
  });
});

describe('a configuration that is right', () => {
  it.each(readdirSync(new URL('ok/', fixtures)))('is accepted, with its warnings: %s', (file) => {
    const { text, loaded } = load('ok', file);
    expect(told(loaded.ok ? [] : loaded.faults)).toEqual([]);
    expect(told(loaded.warnings)).toEqual(header(text, 'warns'));
  });
});
