import { matchWildcard, parseWildcard } from '../wildcard.js';
import type { Fallback, FallbackEntry, FallbackKind, FallbackRules } from './fallback-rules.js';

/** What a model falls back to. */
export interface FoundFallbacks {
  readonly fallbacks: readonly Fallback[];
  /** Meant for every model, not for this one: the last resort. */
  readonly isDefault: boolean;
}

/**
 * The fallbacks of a model that failed in this way. Its own table is asked first, then the general one, then the
 * defaults. In a table an entry of exactly this name wins, else the pattern with the longest literal part. An
 * entry with an empty list says: none. A general `*` is `default_fallbacks` in another spelling.
 * @param names every name the model goes by, the one it was asked for by first.
 */
export function fallbacksOf(
  { tables, defaults }: FallbackRules,
  names: readonly string[],
  kind: FallbackKind,
): FoundFallbacks {
  const general = tables.general.filter(({ model }) => model !== '*');
  const own = (kind === 'general' ? undefined : found(tables[kind], names)) ?? found(general, names);
  if (own !== undefined) return { fallbacks: own, isDefault: false };
  return { fallbacks: found(tables.general, names) ?? defaults, isDefault: true };
}

function found(table: readonly FallbackEntry[], names: readonly string[]): readonly Fallback[] | undefined {
  for (const name of names) {
    const entry = table.find(({ model }) => model === name);
    if (entry !== undefined) return entry.fallbacks;
  }
  for (const name of names) {
    const matching = mostSpecific(table, name);
    if (matching !== undefined) return matching;
  }
  return undefined;
}

function mostSpecific(table: readonly FallbackEntry[], name: string): readonly Fallback[] | undefined {
  let best: { readonly length: number; readonly fallbacks: readonly Fallback[] } | undefined;
  for (const { model, fallbacks } of table) {
    const wildcard = parseWildcard(model);
    const tail = wildcard && matchWildcard(wildcard, name);
    if (tail === undefined || model.length <= (best?.length ?? 0)) continue;
    best = { length: model.length, fallbacks: fallbacks.map((fallback) => filled(fallback, tail)) };
  }
  return best?.fallbacks;
}

/** `azure/*: [openai/*]` leads `azure/gpt-4o` to `openai/gpt-4o`. */
function filled(fallback: Fallback, tail: string): Fallback {
  if (!fallback.model.includes('*')) return fallback;
  return { ...fallback, model: fallback.model.replace('*', () => tail) };
}
