import type { Catalog } from '@signalbox/contracts';
import type { ModelQuestion } from '../resolve-model.js';
import type { FallbackRules } from './fallback-rules.js';
import { fallbacksOf } from './fallbacks-of.js';
import { namesOfModel } from './names-of-model.js';

/** The model that is asked for and all that a call may come to by general fallbacks, by theirs and so on, each once. */
export function reachableModels(catalog: Catalog, rules: FallbackRules, question: ModelQuestion): string[] {
  const reached = new Set([question.model]);
  // A set that grows while it is read is read to its end.
  for (const model of reached) {
    const names = namesOfModel(catalog, { ...question, model });
    for (const fallback of fallbacksOf(rules, names, 'general').fallbacks) reached.add(fallback.model);
  }
  return [...reached];
}
