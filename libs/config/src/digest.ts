import { createHash } from 'node:crypto';

/** Names of keys whose values are secrets: left out of every digest, so that nothing can be guessed from one. */
const secretKey =
  /(?:^|_)(?:api_key|key|token|secret|password|passwd|credentials?|authorization|access_key_id)$|^headers$|^extra_headers$/i;

/** sha-256 (hex) of a value's JSON with its keys in order and its secrets left out. */
export function digestWithoutSecrets(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(value)))
    .digest('hex');
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => item !== undefined && !isSecretKey(key))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, ordered(item)]),
  );
}

function isSecretKey(key: string): boolean {
  return key === 'apiKey' || secretKey.test(key);
}
