import { createHash } from 'node:crypto';
import type { Upstream } from '@signalbox/contracts';

/**
 * Names the endpoint a deployment is reached at: sha-256 (hex) of its normalised api base. Deployments of
 * one Azure resource share it, so a region learned from one answer holds for all of them. Scheme, host and
 * port are normalised; query, trailing slashes and Azure's `/openai/...` tail do not count.
 */
export function endpointKey(upstream: Pick<Upstream, 'apiBase' | 'provider'>): string {
  return createHash('sha256').update(normalised(upstream)).digest('hex');
}

function normalised({ apiBase, provider }: Pick<Upstream, 'apiBase' | 'provider'>): string {
  if (!URL.canParse(apiBase)) return apiBase.trim().toLowerCase();
  const url = new URL(apiBase);
  const path = provider === 'azure' ? url.pathname.replace(/\/openai(?:\/.*)?$/, '') : url.pathname;
  return `${url.protocol}//${url.host}${path.replace(/\/+$/, '')}`;
}
