import type { ConfigPath } from './note-book.js';
import { SectionReader } from './section-reader.js';
import type { FallbackEntry, FallbackSettings } from './settings.js';

/** LiteLLM's `ROUTER_MAX_FALLBACKS`. */
const DEFAULT_MAX_FALLBACKS = 5;

/** A model named as a fallback, and where. */
export interface NamedFallback {
  readonly model: string;
  readonly path: ConfigPath;
}

/**
 * Reads the lists of fallbacks and `max_fallbacks`; `litellm_settings` fills in what `router_settings` does not say.
 * @returns also every model they name, to be compared with `model_list` once that is known.
 */
export function readFallbacks(
  router: SectionReader,
  litellm: SectionReader,
): { settings: FallbackSettings; named: NamedFallback[] } {
  const named: NamedFallback[] = [];
  const table = (key: string): FallbackEntry[] => {
    const outer = readTable(litellm, key);
    const read = router.has(key) ? readTable(router, key) : outer;
    named.push(...read.flatMap((entry) => entry.named));
    return read.map(({ model, fallbacks }) => ({ model, fallbacks }));
  };
  const settings: FallbackSettings = {
    tables: {
      general: table('fallbacks'),
      context_window: table('context_window_fallbacks'),
      content_policy: table('content_policy_fallbacks'),
    },
    defaults: readDefaults(router, litellm, named),
    maxFallbacks: readMost(router, litellm),
  };
  return { settings, named };
}

function readMost(router: SectionReader, litellm: SectionReader): number {
  const outer = litellm.number('max_fallbacks', { whole: true });
  return router.number('max_fallbacks', { whole: true }) ?? outer ?? DEFAULT_MAX_FALLBACKS;
}

interface ReadEntry extends FallbackEntry {
  readonly named: readonly NamedFallback[];
}

function readTable(section: SectionReader, key: string): ReadEntry[] {
  const entries = section.items(key).flatMap(({ value, path }) => {
    if (typeof value === 'string') {
      section.notes.fault(path, 'must be a mapping of a model to its fallbacks');
      return [];
    }
    const mapping = SectionReader.of(value, path, section.notes);
    return Object.keys(mapping.value).flatMap((model) => readEntry(mapping, model));
  });
  const seen = new Set<string>();
  return entries.filter(({ model, path }) => {
    if (seen.has(model)) section.notes.warn(path, 'has its fallbacks further up already, ignored');
    const isFirst = !seen.has(model);
    seen.add(model);
    return isFirst;
  });
}

function readEntry(mapping: SectionReader, model: string): (ReadEntry & { path: ConfigPath })[] {
  const names = mapping.texts(model);
  if (names === undefined) {
    if (!mapping.has(model)) mapping.fault(model, 'must be a list of models');
    return [];
  }
  for (const name of names) {
    if (name.includes('*') && !model.includes('*')) {
      mapping.fault(model, `"${name}" has nothing to fill its * with`);
    }
  }
  const path = [...mapping.path, model];
  const named = names.map((name) => ({ model: name, path }));
  return [{ model, fallbacks: names.map((name) => ({ model: name })), named, path }];
}

function readDefaults(
  router: SectionReader,
  litellm: SectionReader,
  named: NamedFallback[],
): FallbackSettings['defaults'] {
  const key = 'default_fallbacks';
  const outer = litellm.texts(key);
  const section = router.has(key) ? router : litellm;
  const names = (section === router ? router.texts(key) : outer) ?? [];
  for (const name of names) {
    if (name.includes('*')) section.fault(key, `"${name}" has nothing to fill its * with`);
    named.push({ model: name, path: [...section.path, key] });
  }
  return names.map((model) => ({ model }));
}
