import type { Catalog, Deployment, RouteRequest } from '@signalbox/contracts';
import { indexOf } from './catalog-index.js';
import { matchWildcard } from './wildcard.js';

/** Who asks for what: the part of a request that decides which group is meant. */
export type ModelQuestion = Pick<RouteRequest, 'model' | 'keyAliases' | 'team'>;

/** The names a model goes through, each alias applied once, so that no loop of aliases can exist. */
export interface NamePath {
  readonly requested: string;
  readonly afterTeamAlias: string;
  readonly afterKeyAlias: string;
  readonly afterGroupAlias: string;
}

/** The deployments a name stands for. */
export interface ModelTarget {
  /** Name of the group; for a deployment asked for by id, the group it belongs to. */
  readonly modelGroup: string;
  /** For a wildcard group: what `*` stands for. */
  readonly wildcardTail?: string;
  readonly deployments: readonly Deployment[];
}

/** Applies the team's alias, then the key's, then the configuration's, each to the result so far. */
export function followAliases(catalog: Catalog, question: ModelQuestion): NamePath {
  const requested = question.model;
  const afterTeamAlias = lookUp(question.team?.modelAliases ?? {}, requested) ?? requested;
  const afterKeyAlias = lookUp(question.keyAliases, afterTeamAlias) ?? afterTeamAlias;
  const afterGroupAlias = lookUp(catalog.groupAliases, afterKeyAlias)?.model ?? afterKeyAlias;
  return { requested, afterTeamAlias, afterKeyAlias, afterGroupAlias };
}

/** Finds what a model stands for to whoever asks. Undefined: there is no such model. */
export function resolveModel(catalog: Catalog, question: ModelQuestion): ModelTarget | undefined {
  return findTarget(catalog, followAliases(catalog, question).afterGroupAlias);
}

/**
 * Finds what a name (aliases followed already) stands for: the group of exactly this name, else the most
 * specific wildcard group, else one deployment by its id. Undefined: there is no such model.
 */
export function findTarget(catalog: Catalog, name: string): ModelTarget | undefined {
  const { groups, byId, wildcards } = indexOf(catalog);
  const group = groups.get(name);
  if (group !== undefined && !name.includes('*')) return { modelGroup: name, deployments: group };
  for (const wildcard of wildcards) {
    const wildcardTail = matchWildcard(wildcard, name);
    if (wildcardTail === undefined) continue;
    return { modelGroup: wildcard.pattern, wildcardTail, deployments: groups.get(wildcard.pattern) ?? [] };
  }
  const single = byId.get(name);
  if (single === undefined || needsTail(single)) return undefined;
  return { modelGroup: single.modelGroup, deployments: [single] };
}

/** An id says nothing about what `*` stands for, so the upstream's model would have no name. */
function needsTail(deployment: Deployment): boolean {
  return deployment.modelGroup.includes('*') && deployment.upstream.model.includes('*');
}

/** Own entries only: a model called `constructor` is no alias. */
function lookUp<Value>(aliases: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}
