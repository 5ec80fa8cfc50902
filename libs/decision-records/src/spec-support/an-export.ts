import { generateKeyPairSync } from 'node:crypto';
import { canonicalJson } from '../canonical-json.js';
import {
  emptyChain,
  extendChain,
  partitionOf,
  recordHash,
  subjectHash,
  subjectOf,
  type ChainHead,
} from '../chain.js';
import { entryLine, manifestLine, type SignedHead } from '../export-lines.js';
import { signed } from '../signed.js';

export const { publicKey, privateKey } = generateKeyPairSync('ed25519');

const moment = '2026-11-21T10:05:00.000Z';

/** An export of an end user whose chain has these records, one letter each: `e` is its own, `o` that of another. */
export function anExport(records: string, { after = '' } = {}): string[] {
  const subject = subjectOf({ endUserId: 'customer-45', keyHash: null });
  let head: ChainHead = emptyChain(partitionOf(subject));
  const lines: string[] = [];
  const grow = (letter: string): void => {
    const { partition } = head;
    const sequence = head.sequence + 1;
    const endUserId = letter === 'e' ? 'customer-45' : 'somebody else';
    const text = canonicalJson({
      caller: { endUserId, keyHash: null },
      hops: [{ code: 'chosen', n: sequence }],
    });
    const link = {
      recordHash: recordHash(text),
      subjectHash: subjectHash(subjectOf({ endUserId, keyHash: null }), partition, sequence),
    };
    head = extendChain(head, link);
    lines.push(
      entryLine(letter === 'e' ? { kind: 'record', sequence, text } : { kind: 'other', sequence, ...link }),
    );
  };
  for (const letter of after) grow(letter);
  const begin = after === '' ? null : signedHead(head);
  lines.length = 0;
  for (const letter of records) grow(letter);
  const manifest = signed(
    {
      kind: 'export',
      format: 1,
      subject,
      from: null,
      until: moment,
      exportedAt: moment,
      partition: head.partition,
      begin,
      end: head.sequence === 0 ? null : signedHead(head),
    } as const,
    privateKey,
  );
  return [manifestLine(manifest), ...lines];
}

function signedHead({ partition, sequence, chainHash }: ChainHead): SignedHead {
  return signed({ kind: 'head', partition, sequence, chainHash, signedAt: moment } as const, privateKey);
}
