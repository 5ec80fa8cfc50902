import { startSignalbox, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiCaller, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: the whole system. Every route that the OpenAPI document has, and that is no call, is used with its own example.

let system: Signalbox;
let api: ApiCaller;

beforeAll(async () => {
  system = await startSignalbox({
    environment: { SIGNALBOX_SALT_KEY: 'a-salt-key-of-some-length-for-a-test' },
    config: `
model_list: [{ model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, api_key: sk-up } }]
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  api = apiCaller(system.url);
});
afterAll(() => system.stop());

/** Routes that look like changes and are none of a record. */
const questions: readonly string[] = [
  '/budget/info',
  '/key/health',
  '/residency/readmit',
  '/router/explain',
  '/spend/calculate',
  '/tag/info',
  '/utils/token_counter',
  '/v2/key/info',
];

/** The records that the examples are about. */
const team = '13e83b19-f851-43fe-8e93-f96e21033100';
const key = 'sk-R9tEyd0Vq8lZbR4nX2uW7cJmHk5sPgT1aLfQzYv4Ixw';
const endUser = 'ishaan-jaff-45';
const model = 'azure-sweden';
const budget = 'free-plan';
const tag = 'engineering';
const ids: Readonly<Record<string, string>> = { '/team/{id}': team, '/model/{id}/update': model };

type Steps = readonly (readonly [path: string, body: object])[];

/** Nothing of them is there; what cannot be deleted was not there before. */
const absent: Steps = [
  ['/team/delete', { team_ids: [team] }],
  ['/user/delete', { user_ids: ['u1'] }],
  ['/user/delete', { user_ids: ['u2'] }],
  ['/key/delete', { key_aliases: ['walked'] }],
  ['/key/delete', { key_aliases: ['ci'] }],
  ['/end_user/delete', { user_ids: [endUser] }],
  ['/model/delete', { id: model }],
  ['/budget/delete', { id: budget }],
  ['/tag/delete', { name: tag }],
];
const present: Steps = [
  ...absent,
  ['/user/new', { user_id: 'u1' }],
  ['/user/new', { user_id: 'u2' }],
  ['/team/new', { team_id: team, rpm_limit: 5, models: ['gpt-3.5-turbo'] }],
  ['/team/member_add', { team_id: team, member: { role: 'user', user_id: 'u2' } }],
  ['/key/generate', { key, key_alias: 'walked', max_budget: 5 }],
  ['/end_user/new', { user_id: endUser, allowed_model_region: 'eu' }],
  ['/budget/new', { budget_id: budget }],
  ['/tag/new', { name: tag }],
  [
    '/model/new',
    {
      model_name: 'gpt-4o',
      litellm_params: { model: 'openai/gpt-4o', api_key: 'k' },
      model_info: { id: model },
    },
  ],
];
const blocked: Steps = [
  ...present,
  ['/team/block', { team_id: team }],
  ['/team/model/add', { team_id: team, models: ['gpt-4o'] }],
  ['/key/block', { key }],
  ['/end_user/block', { user_ids: [endUser] }],
];

interface Route {
  readonly method: string;
  readonly path: string;
  readonly example: object;
}

interface Documented {
  readonly tags: readonly string[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly examples?: { plain: { value: object } } } };
  };
}

async function changingRoutes(): Promise<Route[]> {
  const { paths } = (await api('/docs-json')).body as { paths: Record<string, Record<string, Documented>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(
        ([method, { tags }]) => method !== 'get' && !tags.includes('calls') && !questions.includes(path),
      )
      .map(([method, { requestBody }]) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/, ids[path] ?? key),
        example: requestBody?.content['application/json'].examples?.plain.value ?? {},
      })),
  );
}

async function entries(): Promise<number> {
  return ((await api('/audit?page_size=1')).body as { total: number }).total;
}

/** What a route answered in the first state in which it left an entry, else in the last one. */
async function tried({ method, path, example }: Route): Promise<string> {
  const answered: string[] = [];
  for (const steps of [absent, present, blocked]) {
    for (const [step, body] of steps) await api(step, body);
    const before = await entries();
    const { status } = await api(path, example, { method });
    if (status === 200 && (await entries()) > before) return 'audited';
    answered.push(String(status));
  }
  return `${method} ${path} left no entry; it answered ${answered.join(', ')}`;
}

it('every route that changes something leaves an entry in the audit log', async () => {
  const routes = await changingRoutes();
  expect(routes.length).toBeGreaterThan(25);
  const outcomes: string[] = [];
  for (const route of routes) outcomes.push(await tried(route));
  expect(outcomes.filter((outcome) => outcome !== 'audited')).toEqual([]);
});
