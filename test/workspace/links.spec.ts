/** Real: every Markdown page. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const pages = globSync(['*.md', 'docs/**/*.md', '{bench,test}/*.md', '{apps,libs}/*/*.md'], { cwd: root });

/** The names that GitHub gives to the headings of a page. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function leadsSomewhere(page: string, link: string): boolean {
  const [name = '', anchor] = link.split('#');
  const target = path.join(root, name === '' ? page : path.join(path.dirname(page), name));
  if (!existsSync(target)) return false;
  return anchor === undefined || (statSync(target).isFile() && anchorsOf(target).includes(anchor));
}

it.each(pages)('the links of %s lead somewhere', (page) => {
  const links = [...readFileSync(path.join(root, page), 'utf8').matchAll(/\]\((?!https?:)([^)\s]+)\)/g)];
  const broken = links.map(([, link = '']) => link).filter((link) => !leadsSomewhere(page, link));
  expect(broken).toEqual([]);
});
