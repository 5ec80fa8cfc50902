import { createPublicKey, type KeyObject } from 'node:crypto';
import { parseArgs } from 'node:util';
import { linesOf } from './lines-of.js';
import { verifyExport, type Verification } from './verify-export.js';

/** What the command works with. */
export interface CommandSurroundings {
  readonly read: (path: string) => AsyncIterable<Uint8Array>;
  readonly write: (text: string) => void;
}

/** What the process ends with. */
export const exitCodes = { genuine: 0, notGenuine: 1, notChecked: 2 } as const;

const help = `Checks an export of Signalbox's decision records, offline: nothing in it was changed, left out or moved.

  signalbox-verify <export.jsonl> --key <pub.pem>

  --key   The public key of the house that made the export, as GET /decisions/public-key answers it.
          Name it again for each further key: a house that took a new one has signed with both.
  --help  This text.

Ends with 0 if the export is genuine, with 1 if it is not, with 2 if it could not be checked.
`;

/** The command line of signalbox-verify; returns the exit code. */
export async function verifyCommand(
  args: readonly string[],
  { read, write }: CommandSurroundings,
): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { key: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean' } },
    });
    if (values.help === true) {
      write(help);
      return exitCodes.genuine;
    }
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new Error('name one export');
    if (values.key.length === 0) throw new Error('name the public key with --key');
    const keys = await Promise.all(values.key.map((keyPath) => readKey(read, keyPath)));
    const verification = await verifyExport(linesOf(read(path)), keys);
    write(sentenceOf(path, verification));
    return verification.ok ? exitCodes.genuine : exitCodes.notGenuine;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    write(`Not checked: ${reason}.\n\n${help}`);
    return exitCodes.notChecked;
  }
}

async function readKey(read: CommandSurroundings['read'], path: string): Promise<KeyObject> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of read(path)) chunks.push(chunk);
  const key = publicKeyIn(Buffer.concat(chunks));
  if (key?.asymmetricKeyType !== 'ed25519') throw new Error(`${path} holds no public key of Ed25519 in PEM`);
  return key;
}

function publicKeyIn(pem: Buffer): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

function sentenceOf(path: string, verification: Verification): string {
  if (!verification.ok) {
    return `NOT GENUINE: ${path}, line ${verification.line}: ${verification.problem}.\n`;
  }
  const { records, others, manifest } = verification;
  const { subject, from, until, exportedAt, partition, begin, end, keyId } = manifest;
  return [
    `GENUINE: ${path} holds all ${records} records of ${subject} between two signed heads of their chain.`,
    `period    ${from ?? 'the beginning'} to ${until ?? 'the end'}, exported ${exportedAt}`,
    `chain     ${partition}, after record ${begin?.sequence ?? 0} to record ${end?.sequence ?? 0}; ${others} of others, as hashes`,
    `key       ${keyId}`,
    '',
  ].join('\n');
}
