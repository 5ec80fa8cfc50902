/** Real: Dockerfile and the workspace's folders. Nothing is built. */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

function packageFolders(): string[] {
  const inside = ['apps', 'libs'].flatMap((parent) =>
    readdirSync(path.join(root, parent)).map((name) => `${parent}/${name}`),
  );
  return [...inside, 'bench', 'test'].filter((folder) => existsSync(path.join(root, folder, 'package.json')));
}

it('the image installs with the package.json of every project, or npm ci would refuse the lockfile', () => {
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
  const missing = packageFolders().filter(
    (folder) => !dockerfile.includes(`\nCOPY ${folder}/package.json ${folder}/\n`),
  );
  expect(missing).toEqual([]);
});
