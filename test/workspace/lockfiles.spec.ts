/** Real: the lockfiles. Nothing is installed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const lockfile = (folder: string) =>
  JSON.parse(readFileSync(path.join(root, folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; link?: boolean }>;
  };

it.each(['.', 'bench/peer'])('the lockfile of %s leaves the registry to whoever installs', (folder) => {
  const hosts = Object.values(lockfile(folder).packages)
    .filter(({ link }) => link !== true)
    .flatMap(({ resolved }) => resolved ?? []);
  expect(hosts).toEqual([]);
});

it('the gateway that the benchmark compares with is no dependency of this one', () => {
  expect(Object.keys(lockfile('bench/peer').packages)).toContain('node_modules/@portkey-ai/gateway');
  expect(Object.keys(lockfile('.').packages).filter((name) => name.includes('portkey'))).toEqual([]);
});
