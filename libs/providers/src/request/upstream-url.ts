import type { Upstream } from '@signalbox/contracts';

/** What kind of call it is; decides the last part of the address and how tokens are counted. */
export type CallMode = 'chat' | 'completion' | 'embedding';

/**
 * `api-version` sent to Azure when a deployment names none: the last dated version Microsoft declared
 * generally available, before its `/openai/v1` addresses made the parameter optional.
 */
export const DEFAULT_AZURE_API_VERSION = '2024-10-21';

const routes: Readonly<Record<CallMode, string>> = {
  chat: '/chat/completions',
  completion: '/completions',
  embedding: '/embeddings',
};

/**
 * The address of a call. OpenAI-compatible bases keep whatever path they have (`.../v1`). Azure bases may be
 * the resource (`https://x.openai.azure.com`), one deployment of it (`.../openai/deployments/gpt-4o`, also
 * with the route pasted behind it) or its newer OpenAI-compatible address (`.../openai/v1`), which takes
 * the model from the body.
 */
export function upstreamUrl(upstream: Upstream, mode: CallMode, model: string): string {
  const { base, query } = splitQuery(upstream.apiBase);
  const route = routes[mode];
  const withoutRoute = base.endsWith(route) ? base.slice(0, -route.length) : base;
  if (upstream.provider !== 'azure') return withQuery(withoutRoute + route, query);
  const version = upstream.apiVersion ?? versionIn(query);
  const path = azurePath(withoutRoute, model);
  if (path.includes('/openai/v1')) return path + route + (version === undefined ? '' : versionQuery(version));
  return path + route + versionQuery(version ?? DEFAULT_AZURE_API_VERSION);
}

function azurePath(base: string, model: string): string {
  if (base.includes('/openai/deployments/') || base.includes('/openai/v1')) return base;
  const root = base.endsWith('/openai') ? base : `${base}/openai`;
  return `${root}/deployments/${encodeURIComponent(model)}`;
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
