/** Every documented route, by whom it is open to: written down once more, by hand. */

export const forAnybody = [
  'GET /decisions/public-key',
  'GET /health/readiness',
  'GET /health/liveliness',
  'GET /health/liveness',
  'GET /metrics',
];
export const models = [
  'GET /v1/models',
  'GET /models',
  'GET /v1/model/info',
  'GET /v2/model/info',
  'GET /model/info',
];
export const calls = [
  'POST /v1/chat/completions',
  'POST /chat/completions',
  'POST /router/completions',
  'POST /queue/chat/completions',
  'POST /engines/{model}/chat/completions',
  'POST /openai/deployments/{model}/chat/completions',
  'POST /v1/completions',
  'POST /completions',
  'POST /engines/{model}/completions',
  'POST /openai/deployments/{model}/completions',
  'POST /v1/embeddings',
  'POST /embeddings',
  'POST /engines/{model}/embeddings',
  'POST /openai/deployments/{model}/embeddings',
  ...[
    '/v1/responses',
    '/responses',
    '/openai/v1/responses',
    '/openai/responses',
    '/v1/moderations',
    '/moderations',
  ].map((path) => `POST ${path}`),
  ...[
    'images/generations',
    'images/edits',
    'audio/speech',
    'audio/transcriptions',
    'audio/translations',
  ].flatMap((route) => [`POST /v1/${route}`, `POST /${route}`, `POST /openai/deployments/{model}/${route}`]),
];
/** Open to ask about the own key, team and user; of others, see below. */
export const aboutItself = [
  'GET /key/info',
  'GET /team/info',
  'GET /team/daily/activity',
  'GET /user/info',
  'GET /user/daily/activity',
  'POST /key/health',
  'POST /spend/calculate',
  'POST /v2/key/info',
  'GET /team/permissions_list',
];
/** For whoever makes calls, and whoever asks about itself. */
export const explaining = ['POST /router/explain', 'POST /utils/token_counter', 'GET /decisions/{id}'];
/** Reading with a body. */
export const questions = [
  'POST /budget/info',
  'POST /key/health',
  'POST /router/explain',
  'POST /spend/calculate',
  'POST /tag/info',
  'POST /utils/token_counter',
  'POST /v2/key/info',
];
