import type { CallPlan } from './call-plan.js';
import { answersTo } from './places.js';

/** What one party has demanded over time: a word list, or nothing. Times are those of `performance.now()`. */
interface Version {
  readonly allowed: readonly string[] | undefined;
  /** When it was asked for: from here on it may hold. */
  readonly askedAt: number;
  /** When the management API said that it holds; absent: not yet. */
  heldAt?: number;
}

/** The restriction of one party, and what it was before. */
export class Rule {
  private readonly versions: Version[];

  constructor(
    readonly from: Demand['from'],
    readonly party: string,
    allowed: readonly string[] | undefined,
  ) {
    this.versions = [{ allowed, askedAt: Number.NEGATIVE_INFINITY, heldAt: Number.NEGATIVE_INFINITY }];
  }

  /** A change is about to be asked for; returns what is to be called when it was answered. */
  change(allowed: readonly string[] | undefined): () => void {
    const version: Version = { allowed, askedAt: performance.now() };
    this.versions.push(version);
    return () => {
      version.heldAt = performance.now();
    };
  }

  /** What it was last asked to be. */
  get newest(): readonly string[] | undefined {
    return this.versions.at(-1)?.allowed;
  }

  /** What may have held for a call that was under way then; what another took the place of holds for `settleMs` more. */
  during({ from, until }: Span, settleMs: number): (readonly string[] | undefined)[] {
    return this.versions
      .filter(({ askedAt }, index) => {
        const next = this.versions[index + 1];
        return askedAt <= until && (next?.heldAt === undefined || next.heldAt + settleMs > from);
      })
      .map(({ allowed }) => allowed);
  }
}

export interface Span {
  readonly from: number;
  readonly until: number;
}

/** A restriction as a call meets it: one of these holds, and nobody can say which while it is being changed. */
export interface Demand {
  /** Whose it is, in the words of a decision record. */
  readonly from: 'end_user' | 'team' | 'key' | 'request';
  readonly party: string;
  readonly either: readonly (readonly string[] | undefined)[];
}

/** Whether what holds may allow a place of these words. An unknown place has none. */
export function mayAllow({ either }: Demand, words: ReadonlySet<string>): boolean {
  return either.some((allowed) => allowed === undefined || answersTo(words, allowed));
}

/** Whether it allows the place whichever holds. */
export function surelyAllows({ either }: Demand, words: ReadonlySet<string>): boolean {
  return either.every((allowed) => allowed === undefined || answersTo(words, allowed));
}

/** What the body of a call demands. */
export function demandsOfBody({ wish, inferenceGeo }: Pick<CallPlan, 'wish' | 'inferenceGeo'>): Demand[] {
  return [
    ...(wish === undefined ? [] : [{ from: 'request' as const, party: 'its body', either: [wish] }]),
    ...(inferenceGeo === undefined
      ? []
      : [{ from: 'request' as const, party: 'its inference_geo', either: [[inferenceGeo]] }]),
  ];
}
