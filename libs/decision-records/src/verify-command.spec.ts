import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';
import { anExport, privateKey, publicKey } from './spec-support/an-export.js';
import { signed } from './signed.js';
import { exitCodes, verifyCommand } from './verify-command.js';

// Real: the whole command. Fake: the disk.

const lines = anExport('oeo');
const [manifest = '', first = '', second = '', third = ''] = lines;
const written = (...kept: readonly string[]): string => kept.map((line) => `${line}\n`).join('');
const stranger = generateKeyPairSync('ed25519');
/** The same first line, signed by whoever has this key. */
function signedAnew(key: typeof privateKey): string {
  const members = Object.entries(JSON.parse(manifest) as Record<string, string>);
  const content = Object.fromEntries(members.filter(([name]) => name !== 'signature'));
  return canonicalJson(signed({ ...content, until: null }, key));
}

const files: Record<string, string | Buffer> = {
  'export.jsonl': written(...lines),
  'empty.jsonl': '',
  'blank.jsonl': '\n',
  'changed.jsonl': written(manifest, first, second.replace('chosen', 'choice'), third),
  'missing.jsonl': written(manifest, first, third),
  'reordered.jsonl': written(manifest, second, first, third),
  'doubled.jsonl': written(manifest, first, first, second, third),
  'begins-late.jsonl': written(manifest, second, third),
  'torn.jsonl': written(...lines).slice(0, -20),
  'appended.jsonl': written(...lines, third.replace('"sequence":3', '"sequence":4')),
  'two-exports.jsonl': written(...lines, ...lines),
  'without-manifest.jsonl': written(first, second, third),
  'malformed.jsonl': written(manifest, '{"kind":', second, third),
  'nested.jsonl': written(manifest, '['.repeat(100_000) + ']'.repeat(100_000), second),
  'nested-object.jsonl': written(manifest, `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, second),
  'spaced.jsonl': written(manifest, first, '', second, third),
  'windows.jsonl': lines.map((line) => `${line}\r\n`).join(''),
  'with-mark.jsonl': `\ufeff${written(...lines)}`,
  'of-a-stranger.jsonl': written(signedAnew(stranger.privateKey), first, second, third),
  'of-another-period.jsonl': written(
    manifest.replace('"until":"2026', '"until":"2027'),
    first,
    second,
    third,
  ),
  'binary.jsonl': Buffer.concat([Buffer.from(written(manifest, first)), Buffer.from([0xff, 0x0a])]),
  'without-end.jsonl': anExport('oeo').slice(0, -1).join('\n'),
  'pub.pem': publicKey.export({ type: 'spki', format: 'pem' }),
  'other.pem': 'nothing of the kind',
  'stranger.pem': stranger.publicKey.export({ type: 'spki', format: 'pem' }),
  'rsa.pem': generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({
    type: 'spki',
    format: 'pem',
  }),
};

async function* read(path: string): AsyncGenerator<Uint8Array> {
  const content = await Promise.resolve(files[path]);
  if (content === undefined) throw new Error(`no such file: ${path}`);
  // In pieces, as a disk gives them.
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

async function run(...args: string[]): Promise<[number, string]> {
  let told = '';
  const code = await verifyCommand(args, { read, write: (text) => void (told += text) });
  return [code, told.split('\n', 1)[0] ?? ''];
}

describe('signalbox-verify', () => {
  it('says that an export is genuine', async () => {
    expect(await run('export.jsonl', '--key', 'pub.pem')).toEqual([
      exitCodes.genuine,
      'GENUINE: export.jsonl holds all 1 records of end_user:customer-45 between two signed heads of their chain.',
    ]);
  });

  it.each([
    ['empty', 1, 'the export is empty'],
    ['blank', 1, 'the line is no JSON'],
    ['changed', 5, 'a record or a hash was changed: the chain does not lead to its signed end'],
    ['missing', 3, 'record 2 is missing here: the line is that of 3'],
    ['reordered', 2, 'record 1 is missing here: the line is that of 2'],
    ['doubled', 3, 'record 2 is missing here: the line is that of 1'],
    ['begins-late', 2, 'record 1 is missing here: the line is that of 2'],
    ['without-end', 4, 'records 3 to 3 are missing at the end'],
    ['torn', 4, 'the line is no JSON'],
    ['appended', 5, 'there is a record after the last one'],
    ['two-exports', 5, 'record 4 is missing here: the line is that of nothing'],
    ['without-manifest', 1, 'the first line is not that of an export'],
    ['malformed', 2, 'the line is no JSON'],
    ['nested', 2, 'the line is no JSON object'],
    ['nested-object', 2, 'the line was written anew: it is not canonical JSON'],
    ['spaced', 3, 'the line is no JSON'],
    ['windows', 1, 'the line was written anew: it is not canonical JSON'],
    ['with-mark', 1, 'the line is no JSON'],
    ['of-a-stranger', 1, 'the first line was changed, or signed by another key ('],
    ['of-another-period', 1, 'the first line was changed, or signed by another key ('],
    ['binary', 3, 'the line is no UTF-8'],
  ])('says of an export that is %s that it is not genuine, and where', async (name, line, problem) => {
    const [code, text] = await run(`${name}.jsonl`, '--key', 'pub.pem');
    expect([code, text]).toEqual([
      exitCodes.notGenuine,
      expect.stringContaining(`NOT GENUINE: ${name}.jsonl, line ${line}: ${problem}`),
    ]);
  });

  it('does not take the key of a stranger for that of the house', async () => {
    expect((await run('export.jsonl', '--key', 'stranger.pem'))[0]).toBe(exitCodes.notGenuine);
    expect((await run('of-a-stranger.jsonl', '--key', 'stranger.pem'))[0]).toBe(exitCodes.notGenuine);
    expect((await run('export.jsonl', '--key', 'stranger.pem', '--key', 'pub.pem'))[0]).toBe(
      exitCodes.genuine,
    );
  });

  it('finds every byte that is changed', async () => {
    const genuine = Buffer.from(files['export.jsonl'] ?? '');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(genuine.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, difference) => {
          const changed = Buffer.from(genuine);
          changed[at] = (changed[at] ?? 0) ^ difference;
          files['one-byte.jsonl'] = changed;
          expect((await run('one-byte.jsonl', '--key', 'pub.pem'))[0]).toBe(exitCodes.notGenuine);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [['export.jsonl'], 'name the public key with --key'],
    [['--key', 'pub.pem'], 'name one export'],
    [['nowhere.jsonl', '--key', 'pub.pem'], 'no such file: nowhere.jsonl'],
    [['export.jsonl', '--key', 'other.pem'], 'other.pem holds no public key of Ed25519 in PEM'],
    [['export.jsonl', '--key', 'rsa.pem'], 'rsa.pem holds no public key of Ed25519 in PEM'],
    [['export.jsonl', '--key', 'export.jsonl'], 'export.jsonl holds no public key of Ed25519 in PEM'],
    [['export.jsonl', 'export.jsonl', '--key', 'pub.pem'], 'name one export'],
    [['export.jsonl', '--key'], ''],
    [['export.jsonl', '--hurry'], ''],
  ])('says why %j cannot be checked', async (args, reason) => {
    const [code, text] = await run(...args);
    expect([code, text]).toEqual([exitCodes.notChecked, expect.stringContaining(`Not checked: ${reason}`)]);
  });

  it('explains itself', async () => {
    expect(await run('--help')).toEqual([0, expect.stringContaining('offline')]);
  });
});
