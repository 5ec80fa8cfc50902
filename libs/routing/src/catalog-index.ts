import type { Catalog, Deployment } from '@signalbox/contracts';
import { parseWildcard, type Wildcard } from './wildcard.js';

/** Look-ups over one catalog, so that a decision costs the same with three deployments and three hundred groups. */
export interface CatalogIndex {
  readonly groups: ReadonlyMap<string, readonly Deployment[]>;
  readonly byId: ReadonlyMap<string, Deployment>;
  /** Most specific first. */
  readonly wildcards: readonly Wildcard[];
}

const indexes = new WeakMap<Catalog, CatalogIndex>();

/** The index of a catalog, built once per catalog: catalogs never change, a reload makes a new one. */
export function indexOf(catalog: Catalog): CatalogIndex {
  const known = indexes.get(catalog);
  if (known !== undefined) return known;
  const built = buildIndex(catalog);
  indexes.set(catalog, built);
  return built;
}

function buildIndex(catalog: Catalog): CatalogIndex {
  const groups = new Map<string, Deployment[]>();
  for (const deployment of catalog.deployments) {
    const group = groups.get(deployment.modelGroup);
    if (group === undefined) groups.set(deployment.modelGroup, [deployment]);
    else group.push(deployment);
  }
  const wildcards = [...groups.keys()]
    .map(parseWildcard)
    .filter((wildcard) => wildcard !== undefined)
    .sort(bySpecificity);
  return {
    groups,
    byId: new Map(catalog.deployments.map((deployment) => [deployment.id, deployment])),
    wildcards,
  };
}

/** Longest literal part first; equal ones by their beginning, then by name, so that every process agrees. */
function bySpecificity(a: Wildcard, b: Wildcard): number {
  const literal = b.prefix.length + b.suffix.length - (a.prefix.length + a.suffix.length);
  if (literal !== 0) return literal;
  if (a.prefix.length !== b.prefix.length) return b.prefix.length - a.prefix.length;
  return a.pattern < b.pattern ? -1 : 1;
}
