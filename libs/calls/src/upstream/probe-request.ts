import type { Upstream } from '@signalbox/contracts';
import { buildUpstreamRequest, DEFAULT_AZURE_API_VERSION } from '@signalbox/providers';
import type { OutgoingRequest } from './open-upstream.js';

/** The cheapest question every provider answers: which models are there? It carries the provider's key and no data. */
export function probeRequest(upstream: Upstream): OutgoingRequest {
  const { headers } = buildUpstreamRequest({ upstream, mode: 'embedding', body: {} });
  return { method: 'GET', url: modelsUrl(upstream), headers };
}

function modelsUrl({ provider, apiBase, apiVersion }: Upstream): string {
  const base = (apiBase.split('?', 1)[0] ?? apiBase).replace(/\/+$/, '');
  if (provider !== 'azure') return `${base}/models`;
  const resource = base.replace(/\/openai(?:\/.*)?$/, '');
  return `${resource}/openai/models?api-version=${encodeURIComponent(apiVersion ?? DEFAULT_AZURE_API_VERSION)}`;
}
