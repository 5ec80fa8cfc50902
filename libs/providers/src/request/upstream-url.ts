import type { CallMode, Upstream } from '@signalbox/contracts';
import { modeTraits } from './mode-traits.js';

/**
 * `api-version` sent to Azure when a deployment names none: the last dated version Microsoft declared
 * generally available, before its `/openai/v1` addresses made the parameter optional.
 */
export const DEFAULT_AZURE_API_VERSION = '2024-10-21';

/** The first version of Azure that knows `/responses`; before, and where none is named, its undated address does. */
const FIRST_AZURE_RESPONSES_VERSION = '2025-03-01';

/**
 * The address of a call. OpenAI-compatible bases keep whatever path they have (`.../v1`). Azure bases may be
 * the resource (`https://x.openai.azure.com`), one deployment of it (`.../openai/deployments/gpt-4o`, also
 * with the route pasted behind it) or its newer OpenAI-compatible address (`.../openai/v1`), which takes
 * the model from the body; as `/responses` does at each of them.
 */
export function upstreamUrl(upstream: Upstream, mode: CallMode, model: string): string {
  const { base, query } = splitQuery(upstream.apiBase);
  const { route } = modeTraits[mode];
  const withoutRoute = base.endsWith(route) ? base.slice(0, -route.length) : base;
  if (upstream.provider !== 'azure') return withQuery(withoutRoute + route, query);
  const version = upstream.apiVersion ?? versionIn(query);
  const isUndated = withoutRoute.includes('/openai/v1');
  if (mode === 'responses' && !isUndated) return azureResponses(withoutRoute, version);
  const path = azurePath(withoutRoute, model);
  if (isUndated) return path + route + (version === undefined ? '' : versionQuery(version));
  return path + route + versionQuery(version ?? DEFAULT_AZURE_API_VERSION);
}

function azurePath(base: string, model: string): string {
  if (base.includes('/openai/deployments/') || base.includes('/openai/v1')) return base;
  const root = base.endsWith('/openai') ? base : `${base}/openai`;
  return `${root}/deployments/${encodeURIComponent(model)}`;
}

/** Not below a deployment: the body names the model. */
function azureResponses(base: string, version: string | undefined): string {
  const root = `${base.replace(/\/openai(?:\/.*)?$/, '')}/openai`;
  if (version === undefined || version < FIRST_AZURE_RESPONSES_VERSION) return `${root}/v1/responses`;
  const isDated = /^\d{4}-/.test(version);
  return `${root}${isDated ? '' : '/v1'}/responses${versionQuery(version)}`;
}

function versionQuery(version: string): string {
  return `?api-version=${encodeURIComponent(version)}`;
}

function versionIn(query: string): string | undefined {
  return query === '' ? undefined : (new URLSearchParams(query).get('api-version') ?? undefined);
}

function splitQuery(apiBase: string): { base: string; query: string } {
  const mark = apiBase.indexOf('?');
  const base = mark < 0 ? apiBase : apiBase.slice(0, mark);
  const query = mark < 0 ? '' : apiBase.slice(mark + 1);
  return { base: base.endsWith('/') ? base.replace(/\/+$/, '') : base, query };
}

function withQuery(url: string, query: string): string {
  return query === '' ? url : `${url}?${query}`;
}
