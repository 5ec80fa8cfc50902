import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curlCommands, readDocument } from './document.js';
import { publishedYaml } from './published-yaml.js';
import { typeCommand, type TypedAnswer } from './type-command.js';

// The page's own commands and configuration; only addresses differ. Real: the whole system. Fake: Azure, whose answers
// name their region as Azure's do, for no region is declared here.

const document = readDocument('region-based-routing-inferred');
const [createCustomer = '', callModel = ''] = curlCommands(document);
const published = {
  eu: 'https://my-endpoint-europe-berri-992.openai.azure.com/',
  other: 'https://openai-gpt-4-test-v-1.openai.azure.com/',
};
let azure: FakeUpstream;
let system: Signalbox;

beforeAll(async () => {
  azure = await startFakeUpstream();
  const config = publishedYaml(document)
    .replace(published.eu, `${azure.siteUrl('eu-berri-992')}/`)
    .replace(published.other, `${azure.siteUrl('us-test-v-1')}/`);
  system = await startSignalbox({
    config: `${config}
general_settings:
  master_key: sk-1234
`,
    environment: { AZURE_EUROPE_API_KEY: 'azure-eu-key', AZURE_API_KEY: 'azure-key' },
  });
});
afterAll(async () => {
  await system.stop();
  await azure.stop();
});

function type(command: string): Promise<TypedAnswer> {
  return typeCommand(command.replace(/http:\/\/(0\.0\.0\.0|localhost):4000/, system.url));
}

describe('region-based routing, regions inferred', () => {
  it('creates the customer', async () => {
    const answer = await type(createCustomer);
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      user_id: 'ishaan-jaff-45',
      allowed_model_region: 'eu',
      blocked: false,
    });
  });

  it('serves the customer from the European endpoint, and shows it', async () => {
    // The endpoint is asked where it is right after the start.
    await expect
      .poll(async () => (await type(callModel)).status, { timeout: 15_000, interval: 200 })
      .toBe(200);
    for (let call = 0; call < 10; call += 1) {
      const answer = await type(callModel);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-litellm-api-base')?.replace(/\/$/, '')).toBe(
        azure.siteUrl('eu-berri-992'),
      );
      expect(answer.headers.get('x-litellm-model-region')).toBe('eu');
    }
    const american = azure.requests('us-test-v-1').filter((request) => request.method === 'POST');
    expect(american).toEqual([]);
    expect(azure.requests('eu-berri-992').at(-1)).toMatchObject({
      headers: { 'api-key': 'azure-eu-key' },
      body: { user: 'ishaan-jaff-45' },
    });
  });

  it('serves others from anywhere', async () => {
    const anybody = callModel.replace(/,\s*"user": "ishaan-jaff-45"/, '');
    expect(anybody).not.toBe(callModel);
    await expect
      .poll(
        async () => {
          await type(anybody);
          return azure.requests('us-test-v-1').filter((request) => request.method === 'POST').length;
        },
        { timeout: 20_000, interval: 10 },
      )
      .toBeGreaterThan(0);
  });
});
