import {
  toFlag,
  toList,
  toMilliseconds,
  toNumber,
  toText,
  toTexts,
  toWord,
  type Conversion,
  type NumberRule,
} from './convert-value.js';
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
    /** False when something else, or nothing, was written where the mapping should be. */
    readonly isMapping = true,
  ) {}

  /** A reader for a mapping; anything else is noted as a fault and read as an empty one. */
  static of(value: unknown, path: ConfigPath, notes: NoteBook): SectionReader {
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isMapping && value !== undefined && value !== null && value !== unavailable) {
      notes.fault(path, 'must be a mapping of keys to values');
    }
    return new SectionReader(isMapping ? { ...value } : {}, path, notes, isMapping);
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
    return this.#convert(key, toText);
  }

  number(key: string, rule: NumberRule = {}): number | undefined {
    return this.#convert(key, (value) => toNumber(value, rule));
  }

  /** A time written in seconds, given back in milliseconds. */
  milliseconds(key: string, rule: { readonly mayBeZero?: boolean } = {}): number | undefined {
    return this.#convert(key, (value) => toMilliseconds(value, rule.mayBeZero === true));
  }

  flag(key: string): boolean | undefined {
    return this.#convert(key, toFlag);
  }

  oneOf<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    return this.#convert(key, (value) => toWord(value, words));
  }

  /** A list of texts, or a single one. */
  texts(key: string): string[] | undefined {
    return this.#convert(key, toTexts);
  }

  /** Items of a list, each with its path. */
  items(key: string): { value: unknown; path: ConfigPath }[] {
    const items = this.#convert(key, toList) ?? [];
    return items.map((value, index) => ({ value, path: [...this.path, key, index] }));
  }

  /** Keys of the section nobody asked for. */
  unasked(): string[] {
    return Object.keys(this.value).filter((key) => !this.#asked.has(key));
  }

  /** Warns about the keys nobody asked for: those LiteLLM has and we do not act on, and those nobody knows. */
  noteTheRest(notActedOn: ReadonlySet<string>): void {
    for (const key of this.unasked()) {
      if (notActedOn.has(key)) this.ignore(key, 'not supported yet, ignored');
      else {
        const guess = didYouMean(key, [...this.#asked, ...notActedOn]);
        this.ignore(key, `unknown key, ignored${guess}`);
      }
    }
  }

  fault(key: string, reason: string): void {
    this.notes.fault([...this.path, key], reason);
  }

  warn(key: string, reason: string): void {
    this.notes.warn([...this.path, key], reason);
  }

  ignore(key: string, reason: string): void {
    this.notes.ignore([...this.path, key], reason);
  }

  #convert<Value>(key: string, convert: (value: unknown) => Conversion<Value>): Value | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const conversion = convert(value);
    if ('value' in conversion) return conversion.value;
    this.fault(key, conversion.reason);
    return undefined;
  }
}
