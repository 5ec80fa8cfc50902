import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.js';

type Document = Readonly<Record<string, Json>>;

/** A document with the signature of all its other fields. */
export type Signed<Content extends Document> = Content & {
  /** Of `keyIdOf`. */
  readonly keyId: string;
  /** Ed25519 over the canonical JSON of the document without this field, hex. */
  readonly signature: string;
};

const keyIds = new WeakMap<KeyObject, string>();

/** A short name of a key, public or private: the first 16 digits of the sha-256 of its public half. */
export function keyIdOf(key: KeyObject): string {
  const known = keyIds.get(key);
  if (known !== undefined) return known;
  const keyId = digestOf(key);
  keyIds.set(key, keyId);
  return keyId;
}

function digestOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'hex').slice(0, 16);
}

/** @param key Ed25519, private. */
export function signed<Content extends Document>(content: Content, key: KeyObject): Signed<Content> {
  const document = { ...content, keyId: keyIdOf(key) };
  return { ...document, signature: sign(null, textOf(document), key).toString('hex') };
}

/** Whether the document is as one of these public keys has signed it. */
export function isSigned(document: Signed<Document>, keys: readonly KeyObject[]): boolean {
  const { signature, ...content } = document;
  // Another spelling of the same bytes would be another document.
  if (!/^[0-9a-f]{128}$/.test(signature)) return false;
  const key = keys.find((one) => keyIdOf(one) === content.keyId);
  return key !== undefined && verify(null, textOf(content), key, Buffer.from(signature, 'hex'));
}

function textOf(document: Document): Buffer {
  return Buffer.from(canonicalJson(document));
}
