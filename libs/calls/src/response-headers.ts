import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Deployment, RouteDecision } from '@signalbox/contracts';
import type { Permit } from './upstream/permit.js';
import { decisionIdHeader } from './decision-log.js';
import { tallyHeaders, type CallTally } from './call-tally.js';
import { addRateLimits, limitHeaders } from './limit-headers.js';

/** Headers of providers that say something about the answer and nothing about the operator's account. */
const passedOn = new Set([
  'apim-request-id',
  'cf-ray',
  'openai-processing-ms',
  'openai-version',
  'retry-after',
  'x-envoy-upstream-service-time',
  'x-ms-region',
  'x-ms-request-id',
  'x-request-id',
]);

export interface AnswerFacts {
  readonly requestId: string;
  /** Of the record that is kept of the call. */
  readonly decisionId?: string | undefined;
  readonly decision: RouteDecision;
  readonly permit: Permit;
  readonly tally: CallTally;
  readonly overheadMs: number;
  readonly version: string;
  readonly upstreamHeaders: IncomingHttpHeaders;
}

/** LiteLLM's headers of an answer: which deployment served, from where, and what is left of its limits. */
export function responseHeaders(facts: AnswerFacts): OutgoingHttpHeaders {
  const { decision, permit, requestId } = facts;
  const { region } = permit;
  const headers: OutgoingHttpHeaders = {
    ...deploymentHeaders(permit.deployment),
    'x-litellm-call-id': requestId,
    'x-request-id': requestId,
    'x-litellm-model-group': printable(decision.modelGroup),
    ...tallyHeaders(facts.tally),
    ...limitHeaders(decision),
    'x-litellm-overhead-duration-ms': facts.overheadMs.toFixed(3),
    'x-litellm-version': facts.version,
  };
  if (facts.decisionId !== undefined) headers[decisionIdHeader] = facts.decisionId;
  if (region !== undefined) headers['x-litellm-model-region'] = printable(region.zone ?? region.name);
  addRateLimits(headers, 'x-ratelimit', decision.rateLimits);
  for (const name in facts.upstreamHeaders) {
    if (passedOn.has(name) || name.startsWith('x-ratelimit-')) {
      headers[`llm_provider-${name}`] = facts.upstreamHeaders[name];
    }
  }
  return headers;
}

const headersByDeployment = new WeakMap<Deployment, OutgoingHttpHeaders>();

function deploymentHeaders(deployment: Deployment): OutgoingHttpHeaders {
  const known = headersByDeployment.get(deployment);
  if (known !== undefined) return known;
  const address = printable(apiBaseOf(deployment.upstream.apiBase));
  const headers = {
    'x-litellm-model-id': printable(deployment.id),
    'x-litellm-api-base': address,
    'x-litellm-model-api-base': address,
  };
  headersByDeployment.set(deployment, headers);
  return headers;
}

/** Header values are ASCII; names in a configuration may be anything. */
function printable(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURI(text);
}

/** An address without what may hold a secret: its query and any user in it. */
export function apiBaseOf(apiBase: string): string {
  const mark = apiBase.indexOf('?');
  const address = mark < 0 ? apiBase : apiBase.slice(0, mark);
  return address.includes('@') ? address.replace(/\/\/[^/@]*@/, '//') : address;
}
