import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VerdictCodeSchema } from './router-decide.js';

const page = readFileSync(new URL('../../../docs/residency.md', import.meta.url), 'utf8');

it('every verdict stands in the table of docs/residency.md, and no other does', () => {
  const table = /\n\| Verdict \|.*\n([\s\S]*?)\n\n/.exec(page)?.[1] ?? '';
  const codes = table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, code]) => code));
  expect(codes.toSorted()).toEqual(VerdictCodeSchema.options.toSorted());
});
