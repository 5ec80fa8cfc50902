import type { RouteDecision } from '@signalbox/contracts';
import { aCatalog, aDeployment, aRegion } from '@signalbox/routing/testing';
import { describe, expect, it } from 'vitest';
import { indexDeployments } from './upstream/deployment-index.js';
import { Permit } from './upstream/permit.js';
import { apiBaseOf, responseHeaders } from './response-headers.js';

const deployment = aDeployment({
  id: 'größe',
  region: aRegion('eu', { name: 'swedencentral' }),
  upstream: { apiBase: 'https://x.openai.azure.com/openai?api-version=1&sig=secret' },
});
const catalog = aCatalog([deployment]);
const decision: RouteDecision = {
  outcome: 'chosen',
  requestId: 'r',
  attemptId: 'a',
  deploymentId: deployment.id,
  modelGroup: 'gpt-4',
  catalogVersion: catalog.version,
  verdicts: [],
  rateLimits: { limitRequests: 10, remainingRequests: 9 },
  reservedTokens: 0,
  limits: 'exact',
};

function headersFor(upstreamHeaders: Record<string, string> = {}): Record<string, unknown> {
  const settings = { catalog, deployments: indexDeployments(catalog) };
  const permit = Permit.forDecision(decision, [], settings, { learnedRegion: () => undefined });
  return responseHeaders({
    requestId: 'r',
    decision,
    permit,
    tally: { attemptedRetries: 1, maxRetries: 2, attemptedFallbacks: 0, maxFallbacks: 5 },
    overheadMs: 1.23456,
    version: '1',
    upstreamHeaders,
  });
}

describe('responseHeaders', () => {
  it('say which deployment served, from which zone, and what is left', () => {
    expect(headersFor()).toMatchObject({
      'x-litellm-model-region': 'eu',
      'x-litellm-api-base': 'https://x.openai.azure.com/openai',
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '9',
      'x-litellm-overhead-duration-ms': '1.235',
      'x-signalbox-limits': 'exact',
    });
  });

  it('hold only what a header may hold', () => {
    expect(headersFor()['x-litellm-model-id']).toBe('gr%C3%B6%C3%9Fe');
  });

  it('pass on what a provider says about the answer, and not about the account', () => {
    const headers = headersFor({
      'x-ratelimit-remaining-tokens': '5',
      'openai-organization': 'acme',
      'set-cookie': 'a=b',
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('llm_provider-'))).toEqual([
      'llm_provider-x-ratelimit-remaining-tokens',
    ]);
  });
});

describe('apiBaseOf', () => {
  it('drops the query and any user', () => {
    expect(apiBaseOf('https://user:secret@host/v1?key=1')).toBe('https://host/v1');
  });
});
