import type { explanationAnswer } from './explanation-answer.js';

const sweden = { name: 'swedencentral', zone: 'eu', country: 'SE', confidence: 'declared' } as const;
const paris = { name: 'francecentral', zone: 'eu', country: 'FR', confidence: 'inferred' } as const;
const virginia = { name: 'eastus2', zone: 'us', country: 'US', confidence: 'declared' } as const;
const unlimited = { rpm: null, tpm: null, max_parallel_requests: null };

/** What the OpenAPI page shows: a customer of the EU, whose first deployment is supposed to be down. */
export const exampleAnswer: ReturnType<typeof explanationAnswer> = {
  caller: {
    kind: 'master',
    key_hash: null,
    key_alias: null,
    user_id: null,
    team_id: null,
    end_user_id: 'customer-45',
  },
  policy: {
    regions: [{ from: 'end_user', allowed: ['eu'] }],
    tags: [],
    models: { key: [], team: [], user: [] },
    may_fall_back: true,
    tokens: { prompt: 9, answer: 256 },
  },
  model: 'gpt-4o',
  names: ['gpt-4o'],
  model_group: 'gpt-4o',
  candidates: [
    {
      model_id: 'azure-sweden',
      verdict: 'chosen',
      region: sweden,
      order: null,
      limits: { ...unlimited, rpm: 6 },
      used: { requests: 2, tokens: 530, parallel: 1 },
      cooldown: null,
    },
    {
      model_id: 'azure-paris',
      verdict: 'eligible',
      region: paris,
      order: null,
      limits: unlimited,
      used: { requests: 0, tokens: 0, parallel: 0 },
      cooldown: null,
    },
    {
      model_id: 'azure-virginia',
      verdict: 'region_outside',
      detail: 'region us is outside eu (end_user)',
      region: virginia,
      order: null,
      limits: unlimited,
      used: { requests: 41, tokens: 9_120, parallel: 3 },
      cooldown: null,
    },
  ],
  caller_limits: [],
  attempts: [
    {
      model: 'gpt-4o',
      result: 'fails',
      model_id: 'azure-sweden',
      model_group: 'gpt-4o',
      region: sweden,
      reserves_tokens: 265,
      verdicts: [
        { model_id: 'azure-sweden', verdict: 'chosen' },
        { model_id: 'azure-paris', verdict: 'eligible' },
        { model_id: 'azure-virginia', verdict: 'region_outside' },
      ],
    },
    {
      model: 'gpt-4o',
      result: 'answers',
      model_id: 'azure-paris',
      model_group: 'gpt-4o',
      region: paris,
      reserves_tokens: 265,
      verdicts: [
        { model_id: 'azure-sweden', verdict: 'already_tried' },
        { model_id: 'azure-paris', verdict: 'chosen' },
        { model_id: 'azure-virginia', verdict: 'region_outside' },
      ],
    },
  ],
  pick: { model_id: 'azure-paris', model_group: 'gpt-4o', region: paris, reserves_tokens: 265 },
  fallbacks: {
    general: [
      {
        model: 'gpt-4o-mini',
        pick: null,
        code: 'region_restricted',
        candidates: [{ model_id: 'openai-mini', verdict: 'region_unknown', region: null }],
      },
    ],
  },
  error: null,
};
