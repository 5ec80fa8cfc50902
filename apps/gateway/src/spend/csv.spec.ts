import { expect, it } from 'vitest';
import { csvOf, csvParts } from './csv.js';

it('writes the names of the columns and a line for each row', () => {
  const rows = [
    { team: 'red', spend: 1.5, ok: true },
    { team: null, spend: 0, ok: false },
  ];
  expect(csvOf(rows)).toBe('team,spend,ok\r\nred,1.5,true\r\n,0,false\r\n');
  expect(csvOf([])).toBe('');
});

it('writes the names once of a table that comes in parts', async () => {
  async function* parts() {
    yield [];
    yield [{ team: 'red' }, { team: 'blue' }];
    yield* await Promise.resolve([[{ team: 'green' }]]);
  }
  let text = '';
  for await (const part of csvParts(parts())) text += part;
  expect(text).toBe('team\r\nred\r\nblue\r\ngreen\r\n');
});

it('quotes what would break a line', () => {
  expect(csvOf([{ tag: 'a,b' }, { tag: 'say "hi"' }, { tag: 'two\nlines' }])).toBe(
    'tag\r\n"a,b"\r\n"say ""hi"""\r\n"two\nlines"\r\n',
  );
});

it('lets no text become a formula, and leaves numbers alone', () => {
  expect(csvOf([{ tag: '=HYPERLINK("x")', spend: -1 }])).toBe('tag,spend\r\n"\'=HYPERLINK(""x"")",-1\r\n');
  for (const tag of ['+1', '-1', '@x', '\tx']) expect(csvOf([{ tag }])).toContain(`'${tag}`);
});
