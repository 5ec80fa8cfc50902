import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curlCommands, readDocument } from './document.js';
import { publishedYaml } from './published-yaml.js';
import { typeCommand, type TypedAnswer } from './type-command.js';

// The page's own commands and configuration; addresses, the team's id and the key are those of this run. Real: the whole
// system. Fake: Azure.

const document = readDocument('team-based-routing');
const [createTeam = '', createKey = '', callModel = ''] = curlCommands(document);
let azure: FakeUpstream;
let system: Signalbox;
let teamId: string;
let key: string;

beforeAll(async () => {
  azure = await startFakeUpstream();
  system = await startSignalbox({
    config: publishedYaml(document).replace('"postgresql://..."', 'os.environ/DATABASE_URL'),
    environment: {
      AZURE_API_BASE_EU: azure.siteUrl('eu'),
      AZURE_API_KEY_EU: 'azure-eu-key',
      AZURE_API_BASE: azure.siteUrl('worldwide'),
      AZURE_API_KEY: 'azure-key',
    },
  });
});
afterAll(async () => {
  await system.stop();
  await azure.stop();
});

function type(command: string): Promise<TypedAnswer> {
  return typeCommand(command.replace(/http:\/\/(0\.0\.0\.0|localhost):4000/, system.url));
}

describe('team-based routing', () => {
  it('creates the team with its model alias and returns its id', async () => {
    const answer = await type(createTeam);
    expect(answer.status).toBe(200);
    const team = answer.json();
    expect(team).toMatchObject({ team_alias: 'my-new-team_4' });
    teamId = String(team['team_id']);
    expect(teamId).toMatch(/^\S+$/);
  });

  it('creates a key of the team', async () => {
    const answer = await type(createKey.replace('my-team-id', teamId));
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      team_id: teamId,
      key: expect.stringMatching(/^sk-\S{16,}$/) as string,
    });
    key = String(answer.json()['key']);
  });

  it('routes the alias to the European group for this team', async () => {
    const answer = await type(callModel.replace('sk-A1L0C3Px2LJl53sF_kTF9A', key));
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ model: 'gpt-3.5-turbo' });
    expect(answer.headers.get('x-litellm-model-group')).toBe('gpt-3.5-turbo-eu');
    expect(azure.requests('eu').at(-1)).toMatchObject({
      headers: { 'api-key': 'azure-eu-key' },
      path: '/eu/openai/deployments/chatgpt-v-2/chat/completions?api-version=2023-07-01-preview',
      body: { user: 'usha', messages: [{}, {}, { content: "What's your name?" }] },
    });
    expect(azure.requests('worldwide').filter((request) => request.method === 'POST')).toEqual([]);
  });

  it('has no such model for anybody else', async () => {
    const answer = await type(callModel.replace('sk-A1L0C3Px2LJl53sF_kTF9A', 'sk-1234'));
    expect(answer.status).toBe(404);
  });

  it('lets the team be read back with its aliases', async () => {
    const answer = await type(
      `curl 'http://localhost:4000/team/info?team_id=${teamId}' --header 'Authorization: Bearer sk-1234'`,
    );
    expect(answer.text).toContain('gpt-3.5-turbo-eu');
  });
});
