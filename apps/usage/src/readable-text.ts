/** Longest text kept of a name, UTF-16 units: an entry of an index in Postgres holds no more. */
const longestText = 512;
/** What nearly every name is. */
const plain = /^[ -~]{0,512}$/;

/**
 * A name as Redis and Postgres both take it. Half a surrogate pair is no text, and Postgres has no NUL: either would fail a whole
 * batch of attempts, for ever.
 */
export function readableText(text: string): string {
  if (plain.test(text)) return text;
  return text
    .slice(0, longestText)
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll('\0', '\uFFFD');
}
