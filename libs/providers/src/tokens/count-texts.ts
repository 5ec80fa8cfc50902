/** Counts the tokens of some texts together. */
export type TokenCounter = (texts: readonly string[]) => number;

/** Bytes of UTF-8 that are counted exactly; of longer texts, samples of as many bytes together. */
export const EXACT_BYTES = 6_144;
/** UTF-16 units of one sample. */
export const SAMPLE_UNITS = 256;

/** What it costs to begin another text, in bytes. */
const BYTES_PER_TEXT = 8;
const BYTES_PER_TOKEN = 4;

/** One token for 4 bytes of UTF-8, each text rounded up. */
export const countByLength: TokenCounter = (texts) =>
  texts.reduce((tokens, text) => tokens + Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN), 0);

/**
 * Counts texts of any length with the work of short ones. Up to `EXACT_BYTES` all of them are counted. Of more, samples
 * are, at even distances over all texts together, and each stands for what lies between it and the next. A sample of
 * many bytes takes its distance from more of the text, so the samples together are `EXACT_BYTES` and one sample at most,
 * whatever the text is. Short texts are samples as they are; where one is cut out of a longer text it counts a token or
 * two too many.
 */
export function countTexts(texts: readonly string[], count: (text: string) => number): number {
  let bytes = 0;
  let units = 0;
  for (const text of texts) {
    bytes += Buffer.byteLength(text) + BYTES_PER_TEXT;
    units += text.length;
  }
  if (bytes <= EXACT_BYTES) return texts.reduce((tokens, text) => tokens + count(text), 0);
  let tokens = 0;
  let covered = 0;
  let at = 0;
  for (const text of texts) {
    while (at < text.length) {
      const start = Math.min(at, Math.max(0, text.length - SAMPLE_UNITS));
      const sample = text.slice(start, start + SAMPLE_UNITS);
      const cost = Buffer.byteLength(sample) + BYTES_PER_TEXT;
      const distance = Math.max(sample.length, Math.ceil((cost * units) / EXACT_BYTES));
      tokens += (count(sample) * distance) / sample.length;
      covered += distance;
      at += distance;
    }
    at -= text.length;
  }
  return covered === 0 ? 0 : Math.ceil((tokens * units) / covered);
}
