import { readFile } from 'node:fs/promises';
import { ensureDatabase } from '@signalbox/local-stack';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';
import { CommandRun } from './command-run.js';

// Real: the whole system, `npm run import:litellm` as a user types it, and a Postgres with LiteLLM's tables. Fake: the provider.

vi.setConfig({ testTimeout: 60_000 });

let upstream: FakeUpstream;
let system: Signalbox;
let call: ApiCaller;
let litellm: pg.Client;
let litellmUrl: string;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const params = (site: string, region: string) =>
    `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up, region_name: ${region} }`;
  system = await startSignalbox({
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: ${params('eu', 'eu')}, model_info: { id: in-the-eu } }
  - { model_name: gpt-4o, litellm_params: ${params('us', 'us')}, model_info: { id: in-the-us } }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  call = apiCaller(system.url);
  litellmUrl = await ensureDatabase(system.databaseUrl, `litellm_${process.pid}`);
  litellm = new pg.Client({ connectionString: litellmUrl });
  await litellm.connect();
  for (const name of ['tables', 'rows']) {
    await litellm.query(await readFile(new URL(`../fixtures/litellm/${name}.sql`, import.meta.url), 'utf8'));
  }
});
afterAll(async () => {
  await litellm
    .query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(`litellm_${process.pid}`)}`)
    .catch(() => undefined);
  await litellm.end();
  await system.stop();
  await upstream.stop();
});

async function run(...flags: string[]): Promise<{ exitCode: number | null; said: string }> {
  const command = new CommandRun('npm', ['run', '--silent', 'import:litellm', '--', ...flags]);
  return { exitCode: await command.ended(), said: command.said };
}

function importAll(...flags: string[]) {
  return run('--database-url', litellmUrl, '--to', system.url, '--master-key', MASTER_KEY, ...flags);
}

/** Everything in LiteLLM's database. */
async function contents(): Promise<string> {
  const { rows } = await litellm.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  );
  const tables: unknown[] = [];
  for (const { name } of rows) {
    tables.push((await litellm.query(`SELECT to_jsonb(t) FROM "${name}" t ORDER BY to_jsonb(t)::text`)).rows);
  }
  return JSON.stringify(tables);
}

async function read(path: string): Promise<unknown> {
  const { status, body } = await call(path);
  expect([path, status]).toEqual([path, 200]);
  return body;
}

describe('npm run import:litellm', () => {
  it('says in a dry run what it would do, and does nothing', async () => {
    const { exitCode, said } = await importAll('--dry-run');
    expect(said).toContain('Nothing was changed: this was a dry run.');
    expect(exitCode).toBe(0);
    expect(await read('/end_user/list')).toEqual([]);
    expect(await read('/key/list')).toMatchObject({ total_count: 0 });
  });

  it('copies everybody with their bounds, says what it left out and why, and changes nothing there', async () => {
    const before = await contents();
    const { exitCode, said } = await importAll();
    expect(exitCode).toBe(0);
    expect(await contents()).toBe(before);
    expect(said).toMatch(/^budgets +4 +3 +0 +0 +1$/m);
    expect(said).toMatch(/^tags +1 +1 +0 +0 +0$/m);
    expect(said).toMatch(/^end users +6 +6 +0 +0 +0$/m);
    expect(said).toMatch(/^users +3 +2 +0 +0 +1$/m);
    expect(said).toMatch(/^teams +2 +2 +0 +0 +0$/m);
    expect(said).toMatch(/^limits of members +2 +0 +1 +0 +1$/m);
    expect(said).toMatch(/^keys +8 +4 +0 +0 +4$/m);
    for (const sentence of [
      'end user "from-mars": blocked, for its record was refused: allowed_model_region names no region we know',
      'end user "of-old-model": without its default_model:',
      'budget "of-nobody": rpm_limit: must be a positive whole number',
      'end user "of-zero": blocked, for its record was refused:',
      'user "frozen": rpm_limit: must be a positive whole number',
      'user "twin": without the role app_owner',
      'team "Red": without its member frozen, who was skipped',
      'member "gone" of team "red": it is no member of that team',
      'key cold: its user "frozen" was skipped',
      'key lost: Team not found, passed team_id=litellm-dashboard',
      'key old: it ended on 2024-01-01T00:00:00.000Z',
      'a key: what stands for it is no sha-256',
      'LiteLLM_VerificationToken.object_permission_id (1 row)',
      'LiteLLM_TagTable.models (1 row)',
      'LiteLLM_TeamTable.metadata.guardrails (1 row)',
      'LiteLLM_TeamTable.organization_id (1 row)',
      'LiteLLM_UserTable.password (1 row)',
      'LiteLLM_ProxyModelTable (1 row)',
    ])
      expect(said).toContain(sentence);
    expect(said).not.toContain('a-key-in-clear');
  });

  it('leaves records that say the same as in LiteLLM', async () => {
    expect(await read('/end_user/info?end_user_id=ishaan')).toMatchObject({
      alias: 'Ishaan',
      allowed_model_region: 'eu',
      default_model: 'gpt-4o',
      blocked: false,
    });
    expect(await read('/end_user/info?end_user_id=freeloader')).toMatchObject({
      budget_id: 'free-tier',
      litellm_budget_table: {
        max_budget: 0.5,
        soft_budget: 0.4,
        budget_duration: '1d',
        rpm_limit: 10,
        tpm_limit: 9_000_000_000,
      },
    });
    expect(await read('/tag/list')).toMatchObject([
      { name: 'engineering', description: 'All engineers', max_budget: 0.5, rpm_limit: 10 },
    ]);
    expect(await read('/user/info?user_id=ann')).toMatchObject({
      user_info: {
        user_email: 'ann@example.com',
        user_role: 'internal_user',
        models: ['gpt-4o'],
        metadata: { desk: 7 },
        teams: ['red'],
        rpm_limit: 100,
        max_budget: 20,
      },
    });
    expect(await read('/team/info?team_id=red')).toMatchObject({
      team_info: {
        model_aliases: { cheap: 'gpt-4o' },
        members_with_roles: [{ role: 'admin', user_id: 'ann' }],
        team_member_rpm_limit: 30,
        team_member_budget: 3,
        team_member_budget_duration: '30d',
        rpm_limit: 600,
        max_budget: 50,
        budget_duration: '30d',
      },
      team_memberships: [
        { user_id: 'ann', rpm_limit: 5, tpm_limit: 5_000, max_budget_in_team: 1, budget_duration: '1d' },
      ],
    });
    expect(await read('/team/info?team_id=idle')).toMatchObject({ team_info: { blocked: true } });
    expect(await read('/key/info?key=sk-imported-of-red-1')).toMatchObject({
      info: {
        key_alias: 'of-red',
        key_name: 'sk-...ed-1',
        team_id: 'red',
        user_id: 'ann',
        aliases: { mini: 'gpt-4o' },
        metadata: { tags: ['free'], model_rpm_limit: { 'gpt-4o': 50 } },
        model_rpm_limit: { 'gpt-4o': 50 },
        expires: '2099-01-01T00:00:00.000Z',
        allowed_routes: ['llm_api_routes'],
        rpm_limit: 60,
      },
    });
    expect(await read('/key/info?key=sk-imported-alone-01')).toMatchObject({
      info: {
        key_alias: null,
        budget_id: 'free-tier',
        model_max_budget: { 'gpt-4o': { budget_limit: 1, time_period: '1d' } },
      },
    });
  });

  it('lets the holders of keys go on, by the bounds they had', async () => {
    const asked = async (key: string, more: object = {}, model = 'gpt-4o') =>
      call('/v1/chat/completions', chat(model, more), { key });
    expect(await asked('sk-imported-of-red-1', {}, 'cheap')).toMatchObject({
      status: 200,
      body: { model: 'cheap' },
    });
    const european = await asked('sk-imported-alone-01', { user: 'ishaan' });
    expect(european.headers.get('x-litellm-model-id')).toBe('in-the-eu');
    expect((await asked('sk-imported-blocked-1')).status).toBe(403);
    expect((await asked('sk-imported-lost-001')).status).toBe(401);
    for (const user of ['banned', 'from-mars', 'of-zero'])
      expect((await asked('sk-imported-alone-01', { user })).status).toBe(403);
  });

  it('does nothing the second time, and says so', async () => {
    const { exitCode, said } = await importAll();
    expect(said).toMatch(/^keys +8 +0 +0 +4 +4$/m);
    expect(said).toContain('Nothing to change');
    expect(exitCode).toBe(0);
    const { audit_logs: entries } = (await read('/audit?changed_by=import:litellm&action=updated')) as {
      audit_logs: { table_name: string }[];
    };
    expect(entries.map(({ table_name: table }) => table)).toEqual(['LiteLLM_TeamMembership']);
  });

  it('makes a record again what it is in LiteLLM, whoever was changed', async () => {
    await litellm.query(
      `UPDATE "LiteLLM_EndUserTable" SET allowed_model_region = 'us', alias = NULL WHERE user_id = 'ishaan'`,
    );
    await call('/key/update', { key: 'sk-imported-of-red-1', rpm_limit: 1 });
    const { said } = await importAll('--quiet');
    expect(said).toMatch(/^end users +6 +0 +1 +5 +0$/m);
    expect(said).toMatch(/^keys +8 +0 +1 +3 +4$/m);
    expect(await read('/end_user/info?end_user_id=ishaan')).toMatchObject({
      alias: null,
      allowed_model_region: 'us',
    });
    expect(await read('/key/info?key=sk-imported-of-red-1')).toMatchObject({ info: { rpm_limit: 60 } });
  });

  it.each([
    [['--help'], 0, 'npm run import:litellm -- --database-url URL [FLAGS]'],
    [[], 1, "Say in --database-url where LiteLLM's database is."],
    [['--database-uri', 'x'], 1, 'There is no flag --database-uri'],
    [['--database-url', 'mysql://x/y', '--master-key', 'sk-1'], 1, '--database-url must name'],
    [['--database-url', 'postgresql://u:hidden@127.0.0.1:1/x', '--master-key', 'sk-1'], 1, '(ECONNREFUSED)'],
  ])('answers %j with exit code %i and a sentence', async (flags, code, sentence) => {
    const { exitCode, said } = await run(...flags);
    expect(said).toContain(sentence);
    expect(said).not.toContain('hidden');
    expect(said).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(code);
  });

  it('says when the other side is not as it should be', async () => {
    const ours = ['--database-url', system.databaseUrl, '--to', system.url, '--master-key', MASTER_KEY];
    expect(await run(...ours)).toMatchObject({
      exitCode: 1,
      said: expect.stringContaining("no tables of LiteLLM's") as string,
    });
    const wrongKey = ['--database-url', litellmUrl, '--to', system.url, '--master-key', 'sk-wrong'];
    expect((await run(...wrongKey)).said).toContain('does not take that master key');
    const nobody = ['--database-url', litellmUrl, '--to', 'http://127.0.0.1:1', '--master-key', MASTER_KEY];
    expect((await run(...nobody)).said).toContain('Signalbox cannot be reached at http://127.0.0.1:1');
  });
});
