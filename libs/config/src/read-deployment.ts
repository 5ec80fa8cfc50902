import type { Catalog, Deployment, DeploymentLimits } from '@signalbox/contracts';
import { deploymentKeys, modelInfoKeys } from './not-acted-on.js';
import type { ConfigPath, NoteBook } from './note-book.js';
import { readPrices } from './read-prices.js';
import { readRegion } from './read-region.js';
import type { Environment } from './resolve-environment.js';
import { readExtraBody, readUpstream } from './read-upstream.js';
import { SectionReader } from './section-reader.js';

export type UnnamedDeployment = Omit<Deployment, 'id'> & { readonly id?: string };

/** What reading one entry of `model_list` needs besides the entry. */
export interface EntryContext {
  readonly environment: Environment;
  readonly regionCompat: Catalog['regionCompat'];
  readonly notes: NoteBook;
}

/**
 * Reads one entry of `model_list`: one deployment, or one for each organization. A faulty entry gives none.
 * @param written the same entry before `os.environ/` was resolved; what is echoed comes from it.
 */
export function readDeployments(
  value: unknown,
  written: unknown,
  path: ConfigPath,
  context: EntryContext,
): UnnamedDeployment[] {
  const entry = SectionReader.of(value, path, context.notes);
  if (!entry.isMapping) return [];
  const modelGroup = readGroup(entry);
  if (!entry.has('litellm_params')) entry.fault('litellm_params', 'is missing');
  const params = entry.section('litellm_params');
  const info = entry.section('model_info');
  const target = entry.has('litellm_params') ? readUpstream(params, context.environment) : undefined;
  const regionName = params.text('region_name');
  const preferences = {
    limits: readLimits(entry, params, info),
    ...readPreferences(params),
    ...readPrices(params, info, target),
    ...readModelInfo(info),
    modelInfo: echoed(written),
  };
  const organizations = params.texts('organization') ?? [];
  const extraBody = readExtraBody(params);
  const upstream = target && { ...target, extraBody };
  const details = { ...readRegion(params, regionName, upstream, context.regionCompat), ...preferences };
  entry.noteTheRest(deploymentKeys);
  if (modelGroup === undefined || upstream === undefined) return [];
  if (!wildcardsFit(modelGroup, upstream.model, params)) return [];
  const id = info.text('id');
  const named = id === undefined ? {} : { id };
  if (organizations.length === 0) return [{ modelGroup, upstream, ...details, ...named }];
  return organizations.map((organization, index) => ({
    modelGroup,
    upstream: { ...upstream, organization },
    ...details,
    ...(id === undefined ? {} : { id: index === 0 ? id : `${id}-${index + 1}` }),
  }));
}

function readGroup(entry: SectionReader): string | undefined {
  if (!entry.has('model_name')) entry.fault('model_name', 'is missing');
  const name = entry.text('model_name');
  if (name !== undefined && name.split('*').length > 2) entry.fault('model_name', 'may hold one "*" only');
  return name;
}

function wildcardsFit(modelGroup: string, model: string, params: SectionReader): boolean {
  if (!model.includes('*') || modelGroup.includes('*')) return true;
  params.fault('model', `has a "*" but model_name "${modelGroup}" has none to fill it with`);
  return false;
}

/** The older spelling at the entry's top level wins, then `litellm_params`, then `model_info`. */
function readLimits(...places: readonly SectionReader[]): DeploymentLimits {
  const rpm = firstLimit(places, 'rpm');
  const tpm = firstLimit(places, 'tpm');
  const maxParallelRequests = firstLimit(places, 'max_parallel_requests', 1);
  return {
    ...(rpm === undefined ? {} : { rpm }),
    ...(tpm === undefined ? {} : { tpm }),
    ...(maxParallelRequests === undefined ? {} : { maxParallelRequests }),
  };
}

function firstLimit(places: readonly SectionReader[], key: string, min = 0): number | undefined {
  const limits = places.map((place) => {
    const limit = place.number(key, { whole: true, min });
    if (limit === 0) place.warn(key, 'is 0: no request will ever be admitted');
    return limit;
  });
  return limits.find((limit) => limit !== undefined);
}

function readPreferences(params: SectionReader): Partial<UnnamedDeployment> & Pick<Deployment, 'tags'> {
  const weight = params.number('weight');
  const order = params.number('order', { whole: true });
  const timeoutMs = params.milliseconds('timeout');
  const streamTimeoutMs = params.milliseconds('stream_timeout');
  const cooldownTimeMs = params.milliseconds('cooldown_time', { mayBeZero: true });
  const numRetries = params.number('num_retries', { whole: true });
  const maxRetries = params.number('max_retries', { whole: true }) ?? numRetries;
  return {
    tags: params.texts('tags') ?? [],
    ...(weight === undefined ? {} : { weight }),
    ...(order === undefined ? {} : { order }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(streamTimeoutMs === undefined ? {} : { streamTimeoutMs }),
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(cooldownTimeMs === undefined ? {} : { cooldownTimeMs }),
  };
}

function readModelInfo(info: SectionReader): Partial<UnnamedDeployment> {
  const mode = info.text('mode');
  const teamId = info.text('team_id');
  const maxInputTokens = info.number('max_input_tokens', { whole: true, min: 1 });
  const maxOutputTokens = info.number('max_output_tokens', { whole: true, min: 1 });
  for (const key of info.unasked())
    if (modelInfoKeys.has(key)) info.warn(key, 'not acted on yet, only echoed');
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(teamId === undefined ? {} : { teamId }),
    ...(maxInputTokens === undefined ? {} : { maxInputTokens }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}

function echoed(written: unknown): Record<string, unknown> {
  const info: unknown =
    typeof written === 'object' && written !== null ? Reflect.get(written, 'model_info') : undefined;
  return typeof info === 'object' && info !== null && !Array.isArray(info) ? { ...info } : {};
}
