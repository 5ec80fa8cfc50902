import { describe, expect, it } from 'vitest';
import { anExport, publicKey } from './spec-support/an-export.js';
import { exitCodes, verifyCommand } from './verify-command.js';

// Real: the whole command. Fake: the disk.

const files: Record<string, string | Buffer> = {
  'export.jsonl': `${anExport('oeo').join('\n')}\n`,
  'without-end.jsonl': anExport('oeo').slice(0, -1).join('\n'),
  'not-text.jsonl': Buffer.from([0xff, 0xfe]),
  'pub.pem': publicKey.export({ type: 'spki', format: 'pem' }),
  'other.pem': 'nothing of the kind',
};

async function* read(path: string): AsyncGenerator<Uint8Array> {
  const content = await Promise.resolve(files[path]);
  if (content === undefined) throw new Error(`no such file: ${path}`);
  // In pieces, as a disk gives them.
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

async function run(...args: string[]): Promise<[number, string]> {
  let written = '';
  const code = await verifyCommand(args, { read, write: (text) => void (written += text) });
  return [code, written.split('\n', 1)[0] ?? ''];
}

describe('signalbox-verify', () => {
  it('says that an export is genuine', async () => {
    expect(await run('export.jsonl', '--key', 'pub.pem')).toEqual([
      exitCodes.genuine,
      'GENUINE: export.jsonl holds all 1 records of end_user:customer-45 between two signed heads of their chain.',
    ]);
  });

  it('says that it is not, and where', async () => {
    expect(await run('without-end.jsonl', '--key', 'pub.pem')).toEqual([
      exitCodes.notGenuine,
      'NOT GENUINE: without-end.jsonl, line 4: records 3 to 3 are missing at the end.',
    ]);
  });

  it.each([
    [['export.jsonl'], 'name the public key with --key'],
    [['--key', 'pub.pem'], 'name one export'],
    [['nowhere.jsonl', '--key', 'pub.pem'], 'no such file: nowhere.jsonl'],
    [['export.jsonl', '--key', 'other.pem'], ''],
    [['not-text.jsonl', '--key', 'pub.pem'], ''],
    [['export.jsonl', '--hurry'], ''],
  ])('says why %j cannot be checked', async (args, reason) => {
    const [code, text] = await run(...args);
    expect([code, text]).toEqual([exitCodes.notChecked, expect.stringContaining(`Not checked: ${reason}`)]);
  });

  it('explains itself', async () => {
    expect(await run('--help')).toEqual([0, expect.stringContaining('offline')]);
  });
});
