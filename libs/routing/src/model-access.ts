import type { CallerTeam } from '@signalbox/contracts';
import type { NamePath } from './resolve-model.js';
import { matchWildcard, parseWildcard } from './wildcard.js';

/** The model lists of a caller. An empty list means all models. */
export interface ModelLists {
  readonly keyModels: readonly string[];
  /** Of the user of a key outside teams. */
  readonly userModels?: readonly string[] | undefined;
  readonly team: Pick<CallerTeam, 'models'> | null;
}

/** Whose list refuses a model. */
export type AccessDenial = 'key' | 'user' | 'team';

/**
 * Whether the caller's lists grant a model, and if not, whose list refuses. Entries are names, wildcards
 * (`openai/*`), `all-proxy-models` (everything), `all-team-models` (in a key: what its team may use) and
 * `no-default-models` (nothing by itself).
 *
 * A list grants a call when it names the resolved name or group. It may also name what the model was called
 * on the way there, as LiteLLM allows, but only as long as nobody below the owner of the list redirected it:
 * a key's alias cannot lead a name its team may use to one the team may not.
 */
export function deniedBy(lists: ModelLists, path: NamePath, modelGroup?: string): AccessDenial | undefined {
  const resolved = [
    path.afterKeyAlias,
    path.afterGroupAlias,
    ...(modelGroup === undefined ? [] : [modelGroup]),
  ];
  const wholePath = [path.requested, path.afterTeamAlias, ...resolved];
  const keyRedirects = path.afterKeyAlias !== path.afterTeamAlias;
  const teamModels = lists.team?.models ?? [];
  if (!isGranted(keyEntries(lists), wholePath)) return 'key';
  if (!isGranted(lists.userModels ?? [], keyRedirects ? resolved : wholePath)) return 'user';
  if (!isGranted(teamModels, keyRedirects ? resolved : wholePath)) return 'team';
  return undefined;
}

/** A key with `all-team-models` is left to its team's list; without a team it has none to use. */
function keyEntries({ keyModels, team }: ModelLists): readonly string[] {
  return keyModels.includes('all-team-models') && team !== null ? ['all-proxy-models'] : keyModels;
}

function isGranted(entries: readonly string[], names: readonly string[]): boolean {
  if (entries.length === 0) return true;
  return entries.some((entry) => entry === 'all-proxy-models' || names.some((name) => covers(entry, name)));
}

/** Words that are no model names, also when a client asks for a model called so. */
const specialEntries: ReadonlySet<string> = new Set([
  'all-proxy-models',
  'all-team-models',
  'no-default-models',
]);

function covers(entry: string, name: string): boolean {
  if (specialEntries.has(entry)) return false;
  if (entry === name) return true;
  const wildcard = parseWildcard(entry);
  return wildcard !== undefined && matchWildcard(wildcard, name) !== undefined;
}
