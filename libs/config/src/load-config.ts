import type { Catalog } from '@signalbox/contracts';
import { catalogOf } from './catalog-of.js';
import type { ConfigNote } from './config-note.js';
import { topLevelKeys } from './not-acted-on.js';
import { NoteBook } from './note-book.js';
import { parseYaml, unparsed } from './parse-yaml.js';
import type { NamedFallback } from './read-fallbacks.js';
import { readEndUserDefaults } from './read-end-user-defaults.js';
import { readGeneralSettings } from './read-general-settings.js';
import { readModelList } from './read-model-list.js';
import { readRouterSettings } from './read-router-settings.js';
import { declaredEnvironment, resolveEnvironment, type Environment } from './resolve-environment.js';
import { SectionReader } from './section-reader.js';
import type { Settings } from './settings.js';

export type LoadedConfig =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: ConfigNote[] }
  | { readonly ok: false; readonly faults: ConfigNote[]; readonly warnings: ConfigNote[] };

/**
 * Turns the text of a LiteLLM `config.yaml` into checked settings. All faults are found and reported
 * together; what is unknown or not acted on yet is a warning. Never throws, never tells a secret.
 * @param options.environment what `os.environ/NAME` refers to.
 * @param options.path name of the file for the notes; it is not read.
 */
export function loadConfig(
  text: string,
  options: { readonly environment: Environment; readonly path?: string },
): LoadedConfig {
  const notes = new NoteBook(options.path);
  const written = parseYaml(text, notes);
  if (written === unparsed) return { ok: false, faults: notes.faults, warnings: [] };
  return checkConfig(written, options.environment, notes);
}

/** Does the same with what is no text any more: the mapping that such a file holds. */
export function readConfig(
  written: unknown,
  { environment }: { readonly environment: Environment },
): LoadedConfig {
  return checkConfig(written, environment, new NoteBook());
}

function checkConfig(written: unknown, outer: Environment, notes: NoteBook): LoadedConfig {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    notes.fault([], 'must be a mapping with model_list and the settings sections');
    return { ok: false, faults: notes.faults, warnings: notes.warnings };
  }
  const { environment_variables: declared, ...sections } = { environment_variables: undefined, ...written };
  const environment = declaredEnvironment(declared, outer, notes);
  const root = SectionReader.of(resolveEnvironment(sections, environment, [], notes), [], notes);
  const litellm = root.section('litellm_settings');
  const endUserDefaults = readEndUserDefaults(litellm);
  const {
    settings: router,
    rules,
    namedFallbacks,
  } = readRouterSettings(root.section('router_settings'), litellm);
  const general = readGeneralSettings(root.section('general_settings'), environment);
  const context = { environment, regionCompat: rules.regionCompat, notes };
  const catalog = catalogOf(readModelList(root, written, context), rules);
  noteAliases(catalog, notes);
  noteFallbacks(catalog, namedFallbacks, notes);
  root.noteTheRest(topLevelKeys);
  if (notes.faults.length > 0) return { ok: false, faults: notes.faults, warnings: notes.warnings };
  return { ok: true, settings: { catalog, general, router, endUserDefaults }, warnings: notes.warnings };
}

function noteAliases({ groupAliases, deployments }: Catalog, notes: NoteBook): void {
  const names = new Set(deployments.map(({ modelGroup }) => modelGroup));
  const hasWildcard = [...names].some((name) => name.includes('*'));
  for (const [alias, { model }] of Object.entries(groupAliases)) {
    if (hasWildcard || names.has(model) || Object.hasOwn(groupAliases, model)) continue;
    notes.warn(
      ['router_settings', 'model_group_alias', alias],
      `no entry of model_list is called "${model}"`,
    );
  }
}

/** A team's or a key's alias may be meant, which stand elsewhere; hence only a warning. */
function noteFallbacks(
  { groupAliases, deployments }: Catalog,
  named: readonly NamedFallback[],
  notes: NoteBook,
): void {
  const names = new Set(deployments.flatMap(({ id, modelGroup }) => [id, modelGroup]));
  if ([...names].some((name) => name.includes('*'))) return;
  for (const { model, path } of named) {
    if (names.has(model) || model.includes('*') || Object.hasOwn(groupAliases, model)) continue;
    notes.warn(path, `no entry of model_list is called "${model}"`);
  }
}
