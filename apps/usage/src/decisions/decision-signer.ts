import { createPublicKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DecisionHead } from '@signalbox/database';
import { keyIdOf, signed, type ChainHead, type Json, type Signed } from '@signalbox/decision-records';
import { CLOCK, SIGNING_KEY } from '../usage.tokens.js';

/** Signs heads and exports with the house's key, which never leaves this process. */
@Injectable()
export class DecisionSigner {
  constructor(
    @Inject(SIGNING_KEY) private readonly key: KeyObject,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  sign<Content extends Readonly<Record<string, Json>>>(content: Content): Signed<Content> {
    return signed(content, this.key);
  }

  /** A head as `decision_heads` holds it. */
  head({ partition, sequence, chainHash }: ChainHead): Omit<DecisionHead, 'sequence'> & { sequence: number } {
    const signedAt = new Date(this.now()).toISOString();
    const { keyId, signature } = this.sign({ kind: 'head', partition, sequence, chainHash, signedAt });
    return { partition, sequence, chainHash, signedAt, keyId, signature };
  }

  /** What its signatures are checked with. */
  get publicKey(): { readonly pem: string; readonly keyId: string } {
    const publicKey = createPublicKey(this.key);
    return { pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), keyId: keyIdOf(publicKey) };
  }
}
