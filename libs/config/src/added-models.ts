import type { Catalog, Deployment } from '@signalbox/contracts';
import { catalogOf } from './catalog-of.js';
import type { ConfigNote } from './config-note.js';
import { NoteBook, type ConfigPath } from './note-book.js';
import { readDeployments } from './read-deployment.js';
import type { Settings } from './settings.js';

/** A model that was added through the API: what an entry of `model_list` says in the file. */
export interface AddedModel {
  readonly id: string;
  readonly modelName: string;
  /** `litellm_params`. Holds secrets. */
  readonly params: unknown;
  /** `model_info`. */
  readonly modelInfo: Readonly<Record<string, unknown>>;
}

export type CheckedModel =
  | {
      readonly ok: true;
      readonly deployments: readonly Deployment[];
      readonly warnings: readonly ConfigNote[];
    }
  | { readonly ok: false; readonly faults: readonly ConfigNote[] };

/**
 * Reads a model as an entry of `model_list` is read, but for `os.environ/NAME`, which only the file may say: what the
 * variables of the servers hold is not for everybody who may add a model, and they differ between servers.
 */
export function checkAddedModel(
  { id, modelName, params, modelInfo }: AddedModel,
  { regionCompat }: Pick<Catalog, 'regionCompat'>,
): CheckedModel {
  const notes = new NoteBook();
  const entry = { model_name: modelName, litellm_params: params, model_info: { ...modelInfo, id } };
  noteVariables(entry, [], notes);
  const found = readDeployments(entry, entry, [], { environment: {}, regionCompat, notes });
  const { faults, warnings } = notes;
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    deployments: found.map((deployment) => ({ ...deployment, id: deployment.id ?? id, isAdded: true })),
    warnings,
  };
}

/**
 * The settings with these models behind those of the file, in the order given. A model that is no good, or whose id
 * is taken, is left out and named: it must not keep the others from their callers.
 */
export function withAddedModels(
  settings: Settings,
  models: readonly AddedModel[],
): {
  readonly settings: Settings;
  readonly leftOut: readonly { id: string; faults: readonly ConfigNote[] }[];
} {
  const { catalog } = settings;
  if (models.length === 0) return { settings, leftOut: [] };
  const deployments = [...catalog.deployments];
  const ids = new Set(deployments.map(({ id }) => id));
  const leftOut: { id: string; faults: readonly ConfigNote[] }[] = [];
  for (const model of models) {
    const checked = checkAddedModel(model, catalog);
    if (!checked.ok) leftOut.push({ id: model.id, faults: checked.faults });
    else if (checked.deployments.some(({ id }) => ids.has(id)))
      leftOut.push({ id: model.id, faults: [taken] });
    else {
      deployments.push(...checked.deployments);
      for (const { id } of checked.deployments) ids.add(id);
    }
  }
  return { settings: { ...settings, catalog: catalogOf(deployments, catalog) }, leftOut };
}

const taken: ConfigNote = { path: 'model_info.id', reason: 'is the id of another deployment already' };

function noteVariables(value: unknown, path: ConfigPath, notes: NoteBook): void {
  if (typeof value === 'string' && value.startsWith('os.environ/')) {
    notes.fault(path, 'os.environ/ is for config.yaml only: write the value itself');
  } else if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value);
    for (const [key, item] of Object.entries(value)) {
      noteVariables(item, [...path, isList ? Number(key) : key], notes);
    }
  }
}
