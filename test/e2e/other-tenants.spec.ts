import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: the whole system. Fake: the provider. The team "blue" has names and secrets that stand nowhere else; then keys of others ask
// every documented route that reads, about nobody in particular and about blue, and everything they hear is searched.

vi.setConfig({ testTimeout: 60_000 });

const planted = {
  teamAlias: 'PLANTED-team-alias-qx1',
  teamMetadata: 'PLANTED-team-metadata-qx2',
  modelAlias: 'planted-model-alias-qx3',
  email: 'planted-address-qx4@example.com',
  userAlias: 'PLANTED-user-alias-qx5',
  keyAlias: 'PLANTED-key-alias-qx6',
  keyMetadata: 'PLANTED-key-metadata-qx7',
  endUserAlias: 'PLANTED-end-user-alias-qx8',
  tag: 'PLANTED-tag-qx9',
  prompt: 'PLANTED-prompt-qx10',
};
const ids = {
  team: 'blue-team-id',
  user: 'blue-user-id',
  endUser: 'blue-customer-id',
  budget: 'blue-budget-id',
};
/** Nobody is ever shown these. */
const secrets = {
  upstreamKey: 'sk-planted-upstream-qx20',
  blueKey: 'sk-planted-of-blue-qx21',
  master: MASTER_KEY,
};

interface ReadingRoute {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly string[];
}

let upstream: FakeUpstream;
let system: Signalbox;
let call: ApiCaller;
let routes: ReadingRoute[];
let blueHash: string;
let auditId: string;
let callId: string;
let decisionId: string;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  system = await startSignalbox({
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, api_base: "${upstream.siteUrl('eu')}/v1", api_key: ${secrets.upstreamKey} } }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  call = apiCaller(system.url);
  await plantBlue();
  routes = await readingRoutes();
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

async function made<Body = { key: string; token: string }>(path: string, fields: object): Promise<Body> {
  const { status, body } = await call(path, fields);
  expect([path, status, status === 200 || body]).toEqual([path, 200, true]);
  return body as Body;
}

async function plantBlue(): Promise<void> {
  await made('/user/new', { user_id: ids.user, user_email: planted.email, user_alias: planted.userAlias });
  await made('/budget/new', { budget_id: ids.budget, max_budget: 5 });
  await made('/team/new', {
    team_id: ids.team,
    team_alias: planted.teamAlias,
    metadata: { note: planted.teamMetadata },
    model_aliases: { [planted.modelAlias]: 'gpt-4o' },
    members_with_roles: [{ role: 'admin', user_id: ids.user }],
  });
  await made('/end_user/new', { user_id: ids.endUser, alias: planted.endUserAlias });
  const { token } = await made('/key/generate', {
    key: secrets.blueKey,
    key_alias: planted.keyAlias,
    team_id: ids.team,
    user_id: ids.user,
    metadata: { note: planted.keyMetadata, tags: [planted.tag] },
  });
  blueHash = token;
  const body = { ...chat(planted.modelAlias, { user: ids.endUser }), metadata: { note: planted.prompt } };
  const answer = await call('/v1/chat/completions', body, { key: secrets.blueKey });
  expect(answer.status).toBe(200);
  callId = answer.headers.get('x-litellm-call-id') ?? '';
  decisionId = answer.headers.get('x-signalbox-decision-id') ?? '';
  await vi.waitFor(
    async () => {
      expect((await call(`/decisions/${decisionId}`)).status).toBe(200);
    },
    { timeout: 15_000, interval: 100 },
  );
  const { body: audit } = await call(`/audit?object_id=${blueHash}`);
  auditId = (audit as { audit_logs: { id: string }[] }).audit_logs[0]?.id ?? '';
}

/** What an operator would call reading: all that is GET, and the questions that take a body. */
async function readingRoutes(): Promise<ReadingRoute[]> {
  const { paths } = (await call('/docs-json')).body as {
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method === 'get' || /\/(info|explain|health|calculate)$/.test(path))
      .map(([method, { parameters = [] }]) => ({
        method: method.toUpperCase(),
        path,
        parameters: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      })),
  );
}

/** Something of blue's for whatever a route can be asked about; the first part of a name that fits counts. */
function valueOf(parameter: string): string {
  const values: Readonly<Record<string, string>> = {
    start: '2026-01-01',
    end_date: '2099-01-01',
    end_user: ids.endUser,
    customer: ids.endUser,
    email: planted.email,
    user: ids.user,
    team_alias: planted.teamAlias,
    team: ids.team,
    key_alias: planted.keyAlias,
    key: blueHash,
    tag: planted.tag,
    budget: ids.budget,
    request_id: callId,
    object_id: ids.team,
    return: 'true',
    include: 'true',
  };
  const found = Object.entries(values).find(([part]) => parameter.includes(part));
  return found?.[1] ?? 'x';
}

/** Every way in which the walk asks a route. */
function questionsFor({ path, parameters }: ReadingRoute): string[] {
  const place = path
    .replace('{id}', path.startsWith('/decisions') ? decisionId : auditId)
    .replaceAll(/\{\w+\}/g, 'x');
  const days = parameters.filter((name) => /^start|^end_date/.test(name));
  const others = parameters.filter((name) => !days.includes(name) && !/^page|size$|^sort/.test(name));
  const queries = [[], days, ...others.map((name) => [...days, name]), [...days, ...others]];
  const asked = queries.map((names) => {
    const query = new URLSearchParams(
      Object.fromEntries(names.map((name) => [name, valueOf(name)])),
    ).toString();
    return query === '' ? place : `${place}?${query}`;
  });
  return [...new Set(asked)];
}

const body = () => ({
  keys: [blueHash],
  model: 'gpt-4o',
  messages: [],
  names: [planted.tag],
  budgets: [ids.budget],
  as_key: 'x',
  as_user: ids.user,
});

/** Everything a key hears that holds one of the texts, unless it said that text itself. */
async function heardBy(key: string, texts: readonly string[]): Promise<string[]> {
  const heard: string[] = [];
  for (const route of routes) {
    for (const question of questionsFor(route)) {
      const sent = route.method === 'GET' ? undefined : body();
      const answer = await call(question, sent, { key, method: route.method });
      const said = `${decodeURIComponent(question.replaceAll('+', ' '))} ${JSON.stringify(sent ?? '')}`;
      const text = JSON.stringify([answer.body, [...answer.headers]]);
      const leaked = texts.filter((secret) => text.includes(secret) && !said.includes(secret));
      heard.push(...leaked.map((secret) => `${route.method} ${question} (${answer.status}) tells ${secret}`));
    }
  }
  return heard;
}

const everything = () => [
  ...Object.values(planted),
  ...Object.values(ids),
  ...Object.values(secrets),
  blueHash,
  callId,
];

describe('what is told of another team', () => {
  it('is much, to the master key: the walk finds what there is', async () => {
    const heard = (await heardBy(MASTER_KEY, everything())).join('\n');
    for (const text of Object.values({ ...planted, prompt: planted.tag })) expect(heard).toContain(text);
    expect(routes.length).toBeGreaterThan(30);
  });

  it('is nothing, to any key without a role', async () => {
    await made('/user/new', { user_id: 'mallory' });
    await made('/team/new', { team_id: 'red', members_with_roles: [{ role: 'user', user_id: 'mallory' }] });
    const kinds = [
      {},
      { team_id: 'red', user_id: 'mallory' },
      { user_id: 'mallory' },
      { key_type: 'read_only' },
      { key_type: 'llm_api' },
      { key_type: 'management', team_id: 'red' },
    ];
    for (const kind of kinds) {
      const { key } = await made('/key/generate', kind);
      expect([kind, await heardBy(key, everything())]).toEqual([kind, []]);
    }
  });

  it('is nothing, to an admin of a team', async () => {
    await made('/team/new', { team_id: 'green', members_with_roles: [{ role: 'admin', user_id: 'eve' }] });
    for (const kind of [{ user_id: 'eve' }, { user_id: 'eve', team_id: 'green' }]) {
      const { key } = await made('/key/generate', kind);
      expect([kind, await heardBy(key, everything())]).toEqual([kind, []]);
    }
  });
});

it('a secret is told to nobody, not even to the master key', async () => {
  expect(await heardBy(MASTER_KEY, Object.values(secrets))).toEqual([]);
});
