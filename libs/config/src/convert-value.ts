import { didYouMean } from './did-you-mean.js';

/** A value of the wanted type, or why there is none. */
export type Conversion<Value> = { readonly value: Value } | { readonly reason: string };

export interface NumberRule {
  readonly min?: number;
  readonly max?: number;
  readonly whole?: boolean;
}

/** A text, trimmed; a number is taken as its digits. */
export function toText(value: unknown): Conversion<string> {
  if (typeof value === 'number') return { value: String(value) };
  if (typeof value !== 'string') return { reason: 'must be a text' };
  const text = value.trim();
  return text === '' ? { reason: 'is empty' } : { value: text };
}

/** A number, also when it comes as text from the environment. */
export function toNumber(value: unknown, rule: NumberRule): Conversion<number> {
  const text = typeof value === 'string' ? value.trim() : undefined;
  const number =
    text === undefined
      ? value
      : /^[+-]?[\d._]+(e[+-]?\d+)?$/i.test(text)
        ? Number(text.replaceAll('_', ''))
        : NaN;
  if (typeof number !== 'number' || !Number.isFinite(number)) return { reason: 'must be a number' };
  if (rule.whole === true && !Number.isSafeInteger(number)) return { reason: 'must be a whole number' };
  const min = rule.min ?? 0;
  if (number < min) return { reason: `must be at least ${min}` };
  const { max = Infinity } = rule;
  return number > max ? { reason: `must be at most ${max}` } : { value: number };
}

/** A time in seconds as milliseconds, rounded up. */
export function toMilliseconds(value: unknown, mayBeZero: boolean): Conversion<number> {
  const seconds = toNumber(value, {});
  if ('reason' in seconds) return { reason: `${seconds.reason} (of seconds)` };
  if (seconds.value === 0 && !mayBeZero) return { reason: 'must be more than 0 seconds' };
  return { value: Math.ceil(seconds.value * 1000) };
}

export function toFlag(value: unknown): Conversion<boolean> {
  if (typeof value === 'boolean') return { value };
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' || text === 'false'
    ? { value: text === 'true' }
    : { reason: 'must be true or false' };
}

export function toWord<Word extends string>(value: unknown, words: readonly Word[]): Conversion<Word> {
  const text = toText(value);
  if ('reason' in text) return text;
  const word = words.find((candidate) => candidate === text.value);
  if (word !== undefined) return { value: word };
  return { reason: `must be one of ${words.join(', ')}${didYouMean(text.value, words)}` };
}

/** A list of texts, or a single one. */
export function toTexts(value: unknown): Conversion<string[]> {
  const texts: string[] = [];
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    const text = toText(item);
    if ('reason' in text) return { reason: 'must be a list of texts' };
    texts.push(text.value);
  }
  return { value: texts };
}

export function toList(value: unknown): Conversion<unknown[]> {
  return Array.isArray(value) ? { value: value as unknown[] } : { reason: 'must be a list' };
}
