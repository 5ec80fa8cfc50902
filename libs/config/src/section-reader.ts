import { didYouMean } from './did-you-mean.js';
import type { ConfigPath, NoteBook } from './note-book.js';
import { unavailable } from './resolve-environment.js';

/**
 * Reads the keys of one mapping by type and notes every fault with its path. Remembers what was asked for, so
 * that `noteTheRest` can tell the keys nobody knows. A key without a value counts as absent.
 */
export class SectionReader {
  readonly #asked = new Set<string>();

  constructor(
    readonly value: Readonly<Record<string, unknown>>,
    readonly path: ConfigPath,
    readonly notes: NoteBook,
  ) {}

  /** A reader for a mapping; anything else is noted as a fault and read as an empty one. */
  static of(value: unknown, path: ConfigPath, notes: NoteBook): SectionReader {
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isMapping && value !== undefined && value !== null && value !== unavailable) {
      notes.fault(path, 'must be a mapping of keys to values');
    }
    return new SectionReader(isMapping ? { ...value } : {}, path, notes);
  }

  /** Whether something is written there, be it right or wrong. */
  has(key: string): boolean {
    this.#asked.add(key);
    return Object.hasOwn(this.value, key) && this.value[key] !== null && this.value[key] !== undefined;
  }

  raw(key: string): unknown {
    if (!this.has(key)) return undefined;
    const value = this.value[key];
    return value === unavailable ? undefined : value;
  }

  section(key: string): SectionReader {
    return SectionReader.of(this.raw(key), [...this.path, key], this.notes);
  }

  text(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return value?.trim();
    if (typeof value === 'number') return String(value);
    return this.#fault(key, value === '' ? 'is empty' : 'must be a text');
  }

  /** A number, also when it comes as text from the environment. */
  number(key: string, rule: { readonly min?: number; readonly whole?: boolean } = {}): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const number =
      typeof value === 'string' && value.trim() !== '' ? Number(value.replaceAll('_', '')) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) return this.#fault(key, 'must be a number');
    if (rule.whole === true && !Number.isSafeInteger(number))
      return this.#fault(key, 'must be a whole number');
    const min = rule.min ?? 0;
    return number < min ? this.#fault(key, `must be at least ${min}`) : number;
  }

  /** A time written in seconds, given back in milliseconds. */
  milliseconds(key: string, rule: { readonly mayBeZero?: boolean } = {}): number | undefined {
    const seconds = this.number(key);
    if (seconds === 0 && rule.mayBeZero !== true) return this.#fault(key, 'must be more than 0 seconds');
    return seconds === undefined ? undefined : Math.ceil(seconds * 1000);
  }

  flag(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === 'boolean') return value;
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    if (text === 'true' || text === 'false') return text === 'true';
    return this.#fault(key, 'must be true or false');
  }

  oneOf<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const text = this.text(key);
    const word = words.find((candidate) => candidate === text);
    if (text === undefined || word !== undefined) return word;
    return this.#fault(key, `must be one of ${words.join(', ')}${didYouMean(text, words)}`);
  }

  /** A list of texts, or a single one. */
  texts(key: string): string[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const items: unknown[] = Array.isArray(value) ? value : [value];
    if (items.every((item): item is string => typeof item === 'string' && item.trim() !== '')) return items;
    return this.#fault(key, 'must be a list of texts');
  }

  /** Items of a list, each with its path; anything else is a fault. */
  items(key: string): { value: unknown; path: ConfigPath }[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) return this.#fault(key, 'must be a list') ?? [];
    return value.map((item: unknown, index) => ({ value: item, path: [...this.path, key, index] }));
  }

  /** Keys of the section nobody asked for. */
  unasked(): string[] {
    return Object.keys(this.value).filter((key) => !this.#asked.has(key));
  }

  /** Warns about the keys nobody asked for: those LiteLLM has and we do not act on, and those nobody knows. */
  noteTheRest(notActedOn: ReadonlySet<string>): void {
    for (const key of this.unasked()) {
      if (notActedOn.has(key)) this.notes.warn([...this.path, key], 'not supported yet, ignored');
      else {
        const guess = didYouMean(key, [...this.#asked, ...notActedOn]);
        this.notes.warn([...this.path, key], `unknown key, ignored${guess}`);
      }
    }
  }

  fault(key: string, reason: string): void {
    this.notes.fault([...this.path, key], reason);
  }

  warn(key: string, reason: string): void {
    this.notes.warn([...this.path, key], reason);
  }

  #fault(key: string, reason: string): undefined {
    this.fault(key, reason);
    return undefined;
  }
}
