import type { Catalog, CallerTeam } from '@signalbox/contracts';
import { deniedBy } from './model-access.js';
import { findTarget, followAliases } from './resolve-model.js';

/** The part of a caller that decides which models it sees. */
export interface ModelViewer {
  readonly keyModels: readonly string[];
  readonly userModels?: readonly string[] | undefined;
  readonly team: Pick<CallerTeam, 'teamId' | 'models' | 'modelAliases'> | null;
}

/**
 * The names for `GET /v1/models`: groups (wildcard groups as they are), aliases of groups that are not hidden,
 * aliases of the caller's team, and single models its lists take out of a wildcard group. A name is listed
 * only when a call to it would neither be refused by the caller's lists nor reach only other teams' deployments.
 */
export function visibleModels(catalog: Catalog, viewer: ModelViewer): string[] {
  const names = new Set([
    ...catalog.deployments.map(({ modelGroup }) => modelGroup),
    ...Object.entries(catalog.groupAliases).flatMap(([alias, { hidden }]) => (hidden ? [] : alias)),
    ...Object.keys(viewer.team?.modelAliases ?? {}),
    ...singledOut(catalog, viewer),
  ]);
  return [...names].filter((name) => isCallable(catalog, viewer, name));
}

/** `openai/gpt-4o` in a list of the caller, where the catalog knows only `openai/*`. */
function singledOut(catalog: Catalog, { keyModels, userModels = [], team }: ModelViewer): string[] {
  return [...keyModels, ...userModels, ...(team?.models ?? [])].filter(
    (name) => !name.includes('*') && findTarget(catalog, name)?.wildcardTail !== undefined,
  );
}

/** Whether the caller's lists grant a name, and any of its deployments is not another team's. */
export function isCallable(catalog: Catalog, viewer: ModelViewer, name: string): boolean {
  const { team } = viewer;
  const path = followAliases(catalog, { model: name, keyAliases: {}, team: team && { ...team } });
  const target = findTarget(catalog, path.afterGroupAlias);
  if (target === undefined) return false;
  if (deniedBy(viewer, path, target.modelGroup) !== undefined) return false;
  return target.deployments.some(({ teamId }) => teamId === undefined || teamId === team?.teamId);
}
