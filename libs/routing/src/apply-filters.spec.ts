import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

it('asks every filter there is', () => {
  const files = readdirSync(new URL('filters/', import.meta.url)).filter((name) => !name.includes('.spec.'));
  const [, list = ''] =
    /const filters: readonly Filter\[\] = \[([^\]]*)\]/.exec(read('apply-filters.ts')) ?? [];
  const exported = files.flatMap((file) =>
    [...read(`filters/${file}`).matchAll(/^export const (\w+): Filter/gm)].map(([, name]) => name),
  );
  const listed = [...list.matchAll(/\w+/g)].map(([name]) => name);
  expect(exported.length).toBeGreaterThan(0);
  expect(listed.toSorted()).toEqual(exported.toSorted());
});
