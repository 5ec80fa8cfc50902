import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** 256 bits: guessing is out of the question, so a plain fast hash is enough to store. */
const KEY_BYTES = 32;

/** A key as its holder sends it: `sk-` and what may stand in a header, at least 16 characters in all. */
export const RawKeySchema = z
  .string()
  .max(512)
  .regex(/^sk-[\x21-\x7e]{13,}$/, 'a key begins with sk- and has at least 16 printable characters');

/** sha-256 of a key. */
export const KeyHashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be the sha-256 of a key, in hex');

/** A key or its sha-256, as LiteLLM's admin routes take either. */
export const KeyOrHashSchema = z.union([RawKeySchema, KeyHashSchema], {
  error: 'must be a key that begins with sk-, or its sha-256 in hex',
});

/** Makes a new key; the only place that does. */
export function newRawKey(): string {
  return `sk-${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/** What a key is known by everywhere but here and at its holder's: sha-256, hex. A hash stays as it is. */
export function keyHashOf(keyOrHash: string): string {
  return keyOrHash.startsWith('sk-') ? createHash('sha256').update(keyOrHash).digest('hex') : keyOrHash;
}

/** `sk-...` and the last four characters, to recognise a key by. */
export function keyNameOf(rawKey: string): string {
  return `sk-...${rawKey.slice(-4)}`;
}
