import type { Catalog } from '@signalbox/contracts';
import { findTarget, followAliases, type ModelQuestion } from '../resolve-model.js';

/**
 * Every name under which fallbacks may be configured for a model: the name it was asked for by, what aliases
 * make of it, and for the id of a deployment its group. The first is the most specific.
 */
export function namesOfModel(catalog: Catalog, question: ModelQuestion): readonly string[] {
  const path = followAliases(catalog, question);
  const group = findTarget(catalog, path.afterGroupAlias)?.modelGroup;
  const names = [path.requested, path.afterTeamAlias, path.afterKeyAlias, path.afterGroupAlias];
  // The group of a wildcard is a pattern; as a key of the tables it matches by itself.
  if (group !== undefined && !group.includes('*')) names.push(group);
  return [...new Set(names)];
}
