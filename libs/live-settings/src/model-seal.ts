import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const prefix = 'v1.';

/** What was sealed cannot be opened: by another key, for another model, or it was changed. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/**
 * Seals the parameters of models, so that neither the bus nor the database can read the secrets among them. What is
 * sealed for one model opens for no other: rows cannot be exchanged.
 */
export class ModelSeal {
  readonly #key: Buffer;

  /** @param words any text; the key is derived from it, which takes some tens of milliseconds. */
  constructor(words: string) {
    // No salt of its own: every process has to come to the same key by the same words.
    this.#key = scryptSync(words, 'signalbox models', 32);
  }

  /** JSON of the parameters, sealed for the model of this id. */
  seal(modelId: string, params: object): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(modelId));
    const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(params), 'utf8'), cipher.final()]);
    return prefix + Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** @throws SealBroken */
  open(modelId: string, sealed: string): object {
    if (!sealed.startsWith(prefix)) throw new SealBroken('was sealed in a way that is not known');
    const bytes = Buffer.from(sealed.slice(prefix.length), 'base64url');
    try {
      const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(modelId)).setAuthTag(bytes.subarray(-tagBytes));
      const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
      return JSON.parse(text.toString()) as object;
    } catch (cause) {
      throw new SealBroken('does not open: it was sealed with another key, or changed since', { cause });
    }
  }
}
