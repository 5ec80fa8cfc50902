/** Why a model did not answer, as far as fallbacks distinguish: what is too long or too delicate, and everything else. */
export type FallbackKind = 'general' | 'context_window' | 'content_policy';

/** What to try instead: a model, and for a fallback the client wrote itself what it changes in the request. */
export interface Fallback {
  /** Model group, alias, name under a wildcard group, or id of a deployment. */
  readonly model: string;
  /** Top-level members of the body that replace those of the original request; keys of `fallbackOverrides` only. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** The fallbacks of a model, in the order they are tried. */
export interface FallbackEntry {
  /** A model's name or a pattern with one `*`. */
  readonly model: string;
  readonly fallbacks: readonly Fallback[];
}

export interface FallbackRules {
  /** By kind of failure; `general` also answers for a kind whose own table has nothing for the model. */
  readonly tables: Readonly<Record<FallbackKind, readonly FallbackEntry[]>>;
  /** For every model of which the tables say nothing. */
  readonly defaults: readonly Fallback[];
  /** Models tried after the first, over the whole call. */
  readonly maxFallbacks: number;
}

/** What a client writes into its call; each kind it names replaces the configured one. */
export type AskedFallbacks = Readonly<Partial<Record<FallbackKind, readonly FallbackEntry[]>>>;

/** The rules of one call. General fallbacks of the client replace `default_fallbacks` too. */
export function rulesOfCall(rules: FallbackRules, asked: AskedFallbacks | undefined): FallbackRules {
  if (asked === undefined) return rules;
  return {
    ...rules,
    tables: { ...rules.tables, ...asked },
    defaults: asked.general === undefined ? rules.defaults : [],
  };
}
