/** Words that `allowed_routes` of a key may name many routes by; LiteLLM's. */
export type RouteGroup = 'llm_api_routes' | 'openai_routes' | 'info_routes' | 'management_routes';

/**
 * Who may use a route; admins are everybody but the master key, which may use all.
 * - `anybody`, without a key;
 * - `caller`: whoever may make calls;
 * - `key`: any key, which is told about itself alone unless it may see more;
 * - `team_admin`: admins of a team, for that team alone;
 * - `viewer`: who may read everything;
 * - `admin`: who may do everything;
 * - `master`: the master key alone.
 */
export type RouteUser = 'anybody' | 'caller' | 'key' | 'team_admin' | 'viewer' | 'admin' | 'master';

export interface RouteRule {
  readonly users: readonly RouteUser[];
  readonly groups: readonly RouteGroup[];
}

const open: RouteRule = { users: ['anybody'], groups: [] };
const call: RouteRule = { users: ['caller'], groups: ['llm_api_routes', 'openai_routes'] };
const models: RouteRule = { users: ['caller'], groups: ['llm_api_routes', 'openai_routes', 'info_routes'] };
const own: RouteRule = { users: ['key'], groups: ['info_routes', 'management_routes'] };
const teamReading: RouteRule = {
  users: ['team_admin', 'viewer'],
  groups: ['info_routes', 'management_routes'],
};
const teamChange: RouteRule = { users: ['team_admin'], groups: ['management_routes'] };
const reading: RouteRule = { users: ['viewer'], groups: ['info_routes', 'management_routes'] };
const change: RouteRule = { users: ['admin'], groups: ['management_routes'] };
/** `as_user` and `as_key` of `/router/explain`: what others would get is for those who may read everything. */
export const explainAsOthers: RouteRule = reading;
/** What stands in no line of the table: a forgotten line closes a door instead of opening one. */
const unknown: RouteRule = { users: ['master'], groups: [] };

const rules: Readonly<Record<string, RouteRule>> = {
  ...all('POST', call, [
    '/v1/chat/completions',
    '/chat/completions',
    '/router/completions',
    '/queue/chat/completions',
    '/engines/:model/chat/completions',
    '/openai/deployments/:model/chat/completions',
    '/v1/completions',
    '/completions',
    '/engines/:model/completions',
    '/openai/deployments/:model/completions',
    '/v1/embeddings',
    '/embeddings',
    '/engines/:model/embeddings',
    '/openai/deployments/:model/embeddings',
    '/v1/responses',
    '/responses',
    '/openai/v1/responses',
    '/openai/responses',
    '/v1/moderations',
    '/moderations',
    ...[
      'images/generations',
      'images/edits',
      'audio/speech',
      'audio/transcriptions',
      'audio/translations',
    ].flatMap((route) => [`/v1/${route}`, `/${route}`, `/openai/deployments/:model/${route}`]),
  ]),
  ...all('GET', models, ['/v1/models', '/models', '/model/info', '/v1/model/info', '/v2/model/info']),
  ...all('GET', open, [
    '/health/readiness',
    '/health/liveliness',
    '/health/liveness',
    '/metrics',
    '/',
    '/docs',
    '/docs/',
    '/docs/*',
    '/docs-json',
    '/docs-yaml',
  ]),
  ...all('GET', reading, ['/residency/coverage', '/residency/customers']),
  ...all('POST', change, ['/residency/readmit']),
  ...all('GET', reading, ['/health', '/usage', '/audit', '/audit/:id']),

  // Who checks an export needs no key of the house.
  ...all('GET', open, ['/decisions/public-key']),
  ...all('GET', reading, ['/decisions/export']),
  ...all('GET', { users: ['key'], groups: ['llm_api_routes', ...own.groups] }, ['/decisions/:id']),

  ...all('POST', { users: ['key'], groups: ['llm_api_routes', ...own.groups] }, [
    '/router/explain',
    '/utils/token_counter',
  ]),

  ...all('GET', own, ['/key/info']),
  ...all('POST', own, ['/key/health']),
  ...all('POST', own, ['/v2/key/info']),
  ...all('GET', teamReading, ['/key/list', '/key/aliases']),
  ...all('POST', teamChange, [
    '/key/generate',
    '/key/service-account/generate',
    '/key/update',
    '/key/bulk_update',
    '/key/delete',
    '/key/block',
    '/key/unblock',
    '/key/regenerate',
    '/key/:key/regenerate',
    '/key/:key/reset_spend',
  ]),

  ...all('GET', own, ['/team/info', '/team/permissions_list']),
  ...all('GET', reading, ['/team/list', '/v2/team/list']),
  ...all('POST', change, ['/team/new', '/team/update', '/team/delete', '/team/block', '/team/unblock']),
  ...all('PATCH', change, ['/team/:id']),
  ...all('POST', teamChange, [
    '/team/member_add',
    '/team/bulk_member_add',
    '/team/member_update',
    '/team/member_delete',
  ]),
  ...all('POST', change, ['/team/model/add', '/team/model/delete']),
  ...all('GET', own, ['/user/info']),
  ...all('GET', reading, ['/user/list']),
  ...all('POST', change, ['/user/new', '/user/update', '/user/bulk_update', '/user/delete']),
  ...all('GET', reading, ['/end_user/info', '/end_user/list', '/customer/info', '/customer/list']),
  ...all('POST', change, ['new', 'update', 'delete', 'block', 'unblock'].flatMap(ofEndUsers)),

  ...all('GET', reading, ['/budget/list', '/budget/settings']),
  ...all('POST', reading, ['/budget/info']),
  ...all('POST', change, ['/budget/new', '/budget/update', '/budget/delete']),

  // Reading takes a body, as LiteLLM has it.
  ...all('POST', reading, ['/tag/info']),
  ...all('GET', reading, ['/tag/list']),
  ...all('POST', change, ['/tag/new', '/tag/update', '/tag/delete']),

  ...all('GET', reading, ['/spend/logs', '/spend/logs/v2', '/spend/keys', '/spend/users', '/spend/tags']),
  ...all(
    'GET',
    reading,
    ['report', 'logs', 'keys', 'teams', 'models', 'end_users', 'tags', 'provider'].map(
      (what) => `/global/spend/${what}`,
    ),
  ),
  ...all('GET', reading, ['/global/activity', '/global/activity/model']),
  ...all('GET', own, ['/user/daily/activity', '/team/daily/activity']),
  ...all('GET', reading, ['/end_user/daily/activity', '/customer/daily/activity', '/tag/daily/activity']),
  ...all('POST', own, ['/spend/calculate']),

  ...all('POST', change, ['/model/new', '/model/update', '/model/delete']),
  ...all('PATCH', change, ['/model/:id/update']),
};

/** Who may use a route, by its method and its address as registered (`/engines/:model/completions`). */
export function routeRule(method: string, url: string): RouteRule {
  // Fastify answers HEAD wherever it answers GET.
  return rules[`${method === 'HEAD' ? 'GET' : method} ${url}`] ?? unknown;
}

/** Every line of the table, as `POST /key/generate`. */
export const knownRoutes: readonly string[] = Object.keys(rules);

function all(method: string, rule: RouteRule, urls: readonly string[]): Record<string, RouteRule> {
  return Object.fromEntries(urls.map((url) => [`${method} ${url}`, rule]));
}

/** LiteLLM has two words for end users. */
function ofEndUsers(verb: string): string[] {
  return [`/end_user/${verb}`, `/customer/${verb}`];
}
