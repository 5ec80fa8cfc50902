import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from './canonical-json.js';
import { partitionOf, recordHash, subjectHash } from './chain.js';
import { entryLine } from './export-lines.js';
import { anExport, publicKey } from './spec-support/an-export.js';
import { verifyExport, type Verification } from './verify-export.js';

// Real: hashes and signatures. Fake: the records, which are small.

const verify = (lines: readonly string[]): Promise<Verification> => verifyExport(lines, [publicKey]);
const problemOf = async (lines: readonly string[]): Promise<string> => {
  const verification = await verify(lines);
  return verification.ok ? 'none' : `${verification.line}: ${verification.problem}`;
};

describe('verifyExport', () => {
  it.each([
    ['e', { records: 1, others: 0 }],
    ['oeoe', { records: 2, others: 2 }],
    ['oooo', { records: 0, others: 4 }],
    ['', { records: 0, others: 0 }],
  ])('takes an export of the records %j', async (records, counts) => {
    expect(await verify(anExport(records))).toMatchObject({ ok: true, ...counts });
  });

  it('takes the end of a chain whose beginning was deleted', async () => {
    expect(await verify(anExport('oe', { after: 'eoeo' }))).toMatchObject({ ok: true, records: 1 });
  });

  it('finds what was done to an export', async () => {
    const [first = '', ...lines] = anExport('eoeo');
    const [one = '', two = '', three = '', four = ''] = lines;
    expect(await problemOf([first, one, three, four])).toBe(
      '3: record 2 is missing here: the line is that of 3',
    );
    expect(await problemOf([first, two, one, three, four])).toBe(
      '2: record 1 is missing here: the line is that of 2',
    );
    expect(await problemOf([first, one, two, three])).toBe('5: records 4 to 4 are missing at the end');
    expect(
      await problemOf([first, one, two, three, four, four.replace('"sequence":4', '"sequence":5')]),
    ).toContain('6: there is a record');
    expect(await problemOf([first, one.replace('"n":1', '"n":2'), two, three, four])).toContain('changed');
    expect(await problemOf([first, one.replace(':', ': '), two, three, four])).toContain(
      '2: the line was written anew',
    );
    expect(await problemOf([first.replace('customer-45', 'customer-46'), ...lines])).toContain(
      '1: the first line was',
    );
    expect(await problemOf([])).toBe('1: the export is empty');
  });

  it('finds a record of the subject that is shown as if it were another’s', async () => {
    const [first = '', one = '', two = ''] = anExport('ee');
    const { record } = JSON.parse(one) as { record: Json };
    const subject = 'end_user:customer-45';
    const left = {
      recordHash: recordHash(canonicalJson(record)),
      subjectHash: subjectHash(subject, partitionOf(subject), 1),
    };
    const line = entryLine({ kind: 'other', sequence: 1, ...left });
    expect(await problemOf([first, line, two])).toBe(`2: record 1 is about ${subject} and left out`);
  });

  it('does not believe another key', async () => {
    const { publicKey: other } = generateKeyPairSync('ed25519');
    expect(await verifyExport(anExport('e'), [other])).toMatchObject({ ok: false, line: 1 });
    expect(await verifyExport(anExport('e'), [other, publicKey])).toMatchObject({ ok: true });
  });

  it('finds every line that is left out, doubled or moved', async () => {
    const somewhere = fc.nat({ max: 50 });
    await fc.assert(
      fc.asyncProperty(
        chains,
        somewhere,
        somewhere,
        fc.constantFrom('left out', 'doubled', 'moved'),
        async (lines, one, other, how) => {
          const at = one % lines.length;
          const [line = ''] = lines.slice(at, at + 1);
          const without = lines.toSpliced(at, 1);
          const to = how === 'doubled' ? at : other % lines.length;
          fc.pre(how !== 'moved' || to !== at);
          const changed =
            how === 'left out'
              ? without
              : how === 'doubled'
                ? lines.toSpliced(at, 0, line)
                : without.toSpliced(to, 0, line);
          expect(await verify(changed)).toMatchObject({ ok: false });
        },
      ),
    );
  });

  it('finds every character that is changed, wherever it stands', async () => {
    await fc.assert(
      fc.asyncProperty(
        chains,
        fc.nat(),
        fc.nat(),
        fc.string({ maxLength: 2 }),
        async (lines, one, where, text) => {
          const at = one % lines.length;
          const line = lines[at] ?? '';
          const position = where % line.length;
          const other = line.slice(0, position) + text + line.slice(position + 1);
          fc.pre(other !== line);
          expect(await verify(lines.with(at, other))).toMatchObject({ ok: false });
        },
      ),
      { numRuns: 500 },
    );
  });
});

const letters = fc.string({ unit: fc.constantFrom('e', 'o'), minLength: 1, maxLength: 12 });
const chains = fc
  .tuple(letters, fc.constantFrom('', 'eo'))
  .map(([records, after]) => anExport(records, { after }));
