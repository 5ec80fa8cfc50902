import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curlCommands, readDocument } from './document.js';
import { publishedYaml } from './published-yaml.js';
import { typeCommand, type TypedAnswer } from './type-command.js';

// The page's own commands and configuration; only addresses differ, and two groups in the United States are added for the
// page's question "What happens if there are no available models for that region?". Real: the whole system. Fake: Azure.

const document = readDocument('region-based-routing-declared');
const [createCustomer = '', callModel = ''] = curlCommands(document);
let azure: FakeUpstream;
let system: Signalbox;

beforeAll(async () => {
  azure = await startFakeUpstream();
  const config = publishedYaml(document)
    .replace('https://my-endpoint-europe-berri-992.openai.azure.com/', `${azure.siteUrl('berri-992')}/`)
    .replace('https://openai-gpt-4-test-v-1.openai.azure.com/', `${azure.siteUrl('test-v-1')}/`);
  const american = `{ model: azure/x, api_base: "${azure.siteUrl('test-v-1')}", api_key: x, region_name: us }`;
  system = await startSignalbox({
    config: `${config.replace(
      'router_settings:',
      `  - { model_name: only-us, litellm_params: ${american} }
  - { model_name: embed-us, litellm_params: ${american}, model_info: { mode: embedding } }
router_settings:`,
    )}
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

function americanCalls(): number {
  return azure.requests('test-v-1').filter((request) => request.method === 'POST').length;
}

describe('region-based routing, regions declared', () => {
  it('creates the customer', async () => {
    const answer = await type(createCustomer);
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ user_id: 'ishaan-jaff-45', allowed_model_region: 'eu' });
  });

  it('serves the customer from the European deployment, and confirms it in the headers', async () => {
    for (let call = 0; call < 10; call += 1) {
      const answer = await type(callModel);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-litellm-api-base')?.replace(/\/$/, '')).toBe(azure.siteUrl('berri-992'));
      expect(answer.headers.get('x-litellm-model-region')).toBe('eu');
    }
    expect(americanCalls()).toBe(0);
  });

  it('answers with an error when no model is available in the region: chat', async () => {
    const answer = await type(callModel.replace('gpt-3.5-turbo', 'only-us'));
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.json()).toMatchObject({
      error: {
        type: 'region_restricted',
        code: '403',
        message: expect.stringMatching(/No deployments available.*\beu\b/) as string,
      },
    });
    expect(americanCalls()).toBe(0);
  });

  it('answers with an error when no model is available in the region: embeddings', async () => {
    const embed = callModel
      .replace('/chat/completions', '/embeddings')
      .replace('gpt-3.5-turbo', 'embed-us')
      .replace(/"messages": \[[\s\S]*?\]/, '"input": "what is the meaning of the universe? 1234"');
    const answer = await type(embed);
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ error: { type: 'region_restricted' } });
    expect(americanCalls()).toBe(0);
  });

  it('lets the customer narrow its own region, never widen it', async () => {
    const widening = callModel.replace('"user":', '"allowed_model_region": "us", "user":');
    expect((await type(widening)).status).toBe(403);
    expect(americanCalls()).toBe(0);
  });

  it('serves a customer of the other region from there', async () => {
    await type(createCustomer.replace('ishaan-jaff-45', 'american').replace('"eu"', '"us"'));
    const answer = await type(callModel.replace('ishaan-jaff-45', 'american'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-litellm-model-region')).toBe('us');
  });
});
